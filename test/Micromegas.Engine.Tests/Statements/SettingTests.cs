using Micromegas.Engine.Execution;
using Micromegas.Engine.Optimizer;
using Micromegas.Engine.Statements;

namespace Micromegas.Engine.Tests.Statements;

/// <summary>SET, RESET and SHOW.</summary>
public sealed class SettingTests
{
    private readonly StatementRunner runner = new() { Session = new SessionSettings() };

    [Fact]
    public async Task A_setting_is_set_shown_and_reset()
    {
        await runner.RunAsync("SET datafusion.execution.batch_size = 7");
        Assert.Equal("datafusion.execution.batch_size 7", await runner.TextAsync("SHOW batch_size"));
        Assert.Equal(7, runner.Session!.Apply(new EngineOptions()).BatchSize);
        Assert.Equal("7", await runner.TextAsync("SELECT value FROM information_schema.df_settings WHERE name = 'datafusion.execution.batch_size'"));

        await runner.RunAsync("RESET batch_size");
        Assert.Equal(new EngineOptions().BatchSize, runner.Session.Apply(new EngineOptions()).BatchSize);
    }

    [Fact]
    public async Task Every_rule_of_the_optimizer_can_be_switched_off()
    {
        foreach (var rule in LogicalOptimizer.RuleNames)
        {
            await runner.RunAsync($"SET micromegas.optimizer.{rule.Replace('-', '_')} TO off");
        }
        Assert.Equal(LogicalOptimizer.RuleNames.Order(), runner.Session!.Apply(new EngineOptions()).DisabledRules.Order());
        Assert.Equal("1; 2", await runner.TextAsync("SELECT id FROM t ORDER BY id LIMIT 2"));

        await runner.RunAsync("RESET ALL");
        Assert.Empty(runner.Session.Apply(new EngineOptions()).DisabledRules);
    }

    [Fact]
    public async Task The_time_zone_is_that_of_timestamptz()
    {
        await runner.RunAsync("SET TIME ZONE 'America/New_York'");
        Assert.Equal("Timestamp(ns, \"America/New_York\") 05:00", await runner.TextAsync(
            "SELECT arrow_typeof(TIMESTAMPTZ '2024-01-01 00:00:00'), to_char(CAST(TIMESTAMPTZ '2024-01-01 00:00:00' AT TIME ZONE 'UTC' AS TIMESTAMP), '%H:%M')"));
    }

    [Theory]
    [InlineData("SET batch_size = 0", SqlState.InvalidParameterValue)]
    [InlineData("SET timezone = 'Mars/Olympus'", SqlState.InvalidParameterValue)]
    [InlineData("SET micromegas.force_spill = perhaps", SqlState.InvalidParameterValue)]
    [InlineData("SET nope = 1", SqlState.UndefinedObject)]
    [InlineData("SHOW nope", SqlState.UndefinedObject)]
    public async Task Mistakes_are_told(string sql, string state) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState);

    [Fact]
    public async Task Clients_may_set_what_they_always_set()
    {
        foreach (var sql in new[] { "SET client_encoding TO 'UTF8'", "SET extra_float_digits = 3", "SET datafusion.some.other = 1", "SET search_path = public, pg_catalog" })
        {
            await runner.RunAsync(sql);
        }
        Assert.Equal("search_path public, pg_catalog", await runner.TextAsync("SHOW search_path"));
    }
}

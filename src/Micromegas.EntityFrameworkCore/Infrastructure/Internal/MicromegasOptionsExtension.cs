using System.Data.Common;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Micromegas.EntityFrameworkCore.Infrastructure.Internal;

/// <summary>What <c>UseMicromegas</c> stores in the options of a context.</summary>
public sealed class MicromegasOptionsExtension : RelationalOptionsExtension
{
    private DbContextOptionsExtensionInfo? _info;

    /// <summary>Creates an extension without settings.</summary>
    public MicromegasOptionsExtension()
    {
    }

    private MicromegasOptionsExtension(MicromegasOptionsExtension copyFrom)
        : base(copyFrom) => DataSource = copyFrom.DataSource;

    /// <inheritdoc />
    public override DbContextOptionsExtensionInfo Info => _info ??= new ExtensionInfo(this);

    /// <summary>Where connections come from, or null.</summary>
    public DbDataSource? DataSource { get; private set; }

    /// <summary>A copy with another data source.</summary>
    /// <param name="dataSource">The data source.</param>
    public MicromegasOptionsExtension WithDataSource(DbDataSource? dataSource)
    {
        var clone = (MicromegasOptionsExtension)Clone();
        clone.DataSource = dataSource;
        return clone;
    }

    /// <inheritdoc />
    public override void ApplyServices(IServiceCollection services) => services.AddEntityFrameworkMicromegas();

    /// <inheritdoc />
    protected override RelationalOptionsExtension Clone() => new MicromegasOptionsExtension(this);

    private sealed class ExtensionInfo(IDbContextOptionsExtension extension) : RelationalExtensionInfo(extension)
    {
        public override string LogFragment
            => base.LogFragment + (((MicromegasOptionsExtension)Extension).DataSource is null ? "" : "DataSource=(set) ");

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
            => debugInfo["Micromegas:DataSource"] = ((MicromegasOptionsExtension)Extension).DataSource is null ? "0" : "1";
    }
}

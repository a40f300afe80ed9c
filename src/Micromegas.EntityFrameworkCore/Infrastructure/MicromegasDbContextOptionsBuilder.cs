using Micromegas.EntityFrameworkCore.Infrastructure.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Micromegas.EntityFrameworkCore.Infrastructure;

/// <summary>Options of the provider, such as the command time-out.</summary>
public sealed class MicromegasDbContextOptionsBuilder : RelationalDbContextOptionsBuilder<MicromegasDbContextOptionsBuilder, MicromegasOptionsExtension>
{
    /// <summary>Creates the builder.</summary>
    /// <param name="optionsBuilder">The options of the context.</param>
    public MicromegasDbContextOptionsBuilder(DbContextOptionsBuilder optionsBuilder)
        : base(optionsBuilder)
    {
    }
}

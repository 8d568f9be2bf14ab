using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Ca.Core.Storage;

/// <summary>The schema as text: what the migrations add up to, for operators who apply SQL themselves.</summary>
public static class CaSchema
{
    /// <summary>Options that build the model without a server.</summary>
    public static DbContextOptions<CaDbContext> OfflineOptions()
    {
        var options = new DbContextOptionsBuilder<CaDbContext>();
        CaDatabase.Configure(options, "Host=nowhere");
        return options.Options;
    }

    /// <summary>The script from an empty database to the newest schema.</summary>
    public static string Script()
    {
        using var db = new CaDbContext(OfflineOptions());
        string script = db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.NoTransactions);
        return "-- Written by tools/Migrations from the migrations of src/Ca.Core. Do not edit.\n" + script.ReplaceLineEndings("\n").Trim() + "\n";
    }
}

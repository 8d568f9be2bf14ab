using System.CommandLine;
using Pki.Migration.Settings;
using Pki.Migration.Sources;

namespace Pki.Cli.Commands;

/// <summary>The options that name the database of an EJBCA.</summary>
internal sealed class SourceOptions
{
    private readonly Option<string> from = new("--from") { Description = "A file of mysqldump --complete-insert --hex-blob, a folder of TABLE.ndjson files, a folder of certificates and CRLs, or jdbc:mysql://… or jdbc:postgresql://… of the database itself.", HelpName = "SOURCE", Required = true };
    private readonly Option<string?> user = new("--user") { Description = "Database user.", HelpName = "NAME" };
    private readonly Option<string?> passwordFile = new("--password-file") { Description = "File with the database password.", HelpName = "FILE" };
    private readonly Option<bool> allowUnverified = new("--allow-unverified-database") { Description = "Accepts a MariaDB server on another host without checking its certificate." };

    private readonly Option<UserOf> userOf = new("--user-of") { Description = "Whose the certificates of a folder are: what is called commonName, subject or fileName is the user's name.", DefaultValueFactory = _ => UserOf.Nobody };

    public IReadOnlyList<Option> All => [from, user, passwordFile, allowUnverified, userOf];

    public async Task<ILegacySource> OpenAsync(Call call)
    {
        string name = call.Require(from);
        if (!name.StartsWith("jdbc:", StringComparison.Ordinal))
        {
            return await ImportSources.OpenFileAsync(call, name, call.Get(userOf));
        }

        JdbcConnection database = JdbcConnection.Translate(name, call.Get(user), call.Get(allowUnverified)).OrFail("Correct --from.");
        string? password = call.Get(passwordFile) is { } file ? File.ReadLines(call.Terminal.FullPath(file)).FirstOrDefault() : null;
        return await LiveDatabase.OpenAsync(database.IsMariaDb, password is null ? database.ConnectionString : database.WithPassword(password), call.Cancel);
    }
}

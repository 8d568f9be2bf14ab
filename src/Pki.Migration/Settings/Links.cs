using System.Text.Json.Nodes;

namespace Pki.Migration.Settings;

/// <summary>The link of a front end to the worker.</summary>
internal static class Links
{
    private const string Key = "(link to the worker)";

    /// <summary>A link whose own key is still to be made: the legacy front end had none.</summary>
    public static JsonObject New(KeyStores keyStores, Output output, LegacyKeys keys, string keyStore)
    {
        keys.Attention(Key, $"The legacy front end did not sign. Make its key, a link key from the RA issuer: pki keystore issue {keyStore} --out keystores/{keyStore}.p12 --password-file secrets/{keyStore}.password ...; and give it a role (pki role).");
        return With(output, keys, keyStores.Names(keyStore), []);
    }

    /// <summary>A link with a key, encrypting to the named worker certificates or to those of converted workers.</summary>
    public static JsonObject With(Output output, LegacyKeys keys, JsonNode keyStore, IReadOnlyList<string> workers)
    {
        IReadOnlyList<string> certificates = workers.Count > 0 ? workers : output.WorkerCertificates;
        if (certificates.Count == 0)
        {
            keys.Attention("(certificate of the worker)", "Put the worker's certificate into certs/worker.pem: requests are encrypted to it and its answers believed.");
            certificates = [output.Absolute("certs/worker.pem")];
        }

        return new() { ["KeyStore"] = keyStore, ["WorkerCertificates"] = new JsonArray([.. certificates.Select(c => JsonValue.Create(c))]) };
    }
}

using System.Text.Json.Nodes;
using Pki.Migration.Properties;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Settings;

/// <summary>scepra.properties and scep.properties (MIGRATION §6.2, SEMANTICS §6.3): they become the section <c>ScepRa</c>.</summary>
internal sealed class ScepSettings(KeyStores keyStores, Databases databases, Output output)
{
    public const string Prefix = "scep.ra.";
    private const string KeyStorePath = Prefix + "keyStorePath.";
    private const string KeyStorePassword = Prefix + "keyStorePassword.";
    private const int MostDigits = 4; // it becomes a part of file names
    private const string Scheme = Prefix + "namegenerationscheme";
    private const string Parameters = Prefix + "namegenerationparameters";

    public JsonObject Read(LegacyKeys keys)
    {
        keys.NotNeeded("allow.external-dynamic.configuration", "It never had an effect; the new server reads its file at start.");
        keys.NotNeeded("externalra-database.driver", "The driver follows from the URL.");
        List<(JavaProperty Property, DistinguishedName Issuer)> mappings = Mappings(keys);
        JsonObject shared = SharedSettings(keys);
        var aliases = new JsonObject();
        foreach (string number in keys.All.Select(p => p.Key).Where(key => key.StartsWith(KeyStorePath, StringComparison.Ordinal)).Select(key => key[KeyStorePath.Length..]))
        {
            if (number.Length is 0 or > MostDigits || !number.All(char.IsAsciiDigit))
            {
                keys.Attention(KeyStorePath + number, "It does not end with a number, as the keys of keystores do; nothing was made of it.");
                continue;
            }

            string name = aliases.Count == 0 ? "scep" : "scep" + number;
            KeyStoreEntry keyStore = keyStores.Convert(keys, KeyStorePath + number, KeyStorePassword + number, "scepra-" + number);
            var alias = (JsonObject)shared.DeepClone();
            alias["CaName"] = CaOf(keys, mappings, keyStore.Certificate, name);
            alias["RaKeyStores"] = new JsonArray(keyStore.Setting);
            aliases[name] = alias;
        }

        foreach ((JavaProperty property, _) in mappings)
        {
            keys.Attention(property.Key, $"No RA keystore here is from this issuer, so no client could mean CA '{property.Value.Trim()}' with it. To serve that CA, add an alias with an RA keystore of its own.");
        }

        keys.TakenOver(Prefix + "defaultCA", "CaName of the aliases whose keystore's issuer has no mapping.");
        return new()
        {
            ["ScepRa"] = new JsonObject
            {
                ["Database"] = databases.Translate(keys, Prefix + "datasource.", "scepra", "ScepRa:Database"),
                ["Link"] = Links.New(keyStores, output, keys, "scepra-link"),
                ["DefaultAlias"] = "scep",
                ["Aliases"] = aliases,
            },
        };
    }

    /// <summary>Every key that is a distinguished name maps that issuer to a CA (MIGRATION §6.2).</summary>
    private static List<(JavaProperty Property, DistinguishedName Issuer)> Mappings(LegacyKeys keys)
    {
        List<(JavaProperty, DistinguishedName)> found = [];
        foreach (JavaProperty property in keys.All.Where(p => p.Key.Contains('=', StringComparison.Ordinal)))
        {
            if (DistinguishedName.Parse(property.Key).Succeeded(out DistinguishedName? issuer, out Refusal? refusal))
            {
                found.Add((property, issuer));
            }
            else
            {
                keys.Attention(property.Key, $"It looks like the mapping of an issuer, but is no distinguished name: {refusal.Detail}");
            }
        }

        return found;
    }

    // The legacy servlet looked up the issuer that the client names as recipient's, which is the issuer of the RA's certificate.
    private static string? CaOf(LegacyKeys keys, List<(JavaProperty Property, DistinguishedName Issuer)> mappings, Certificate? ra, string alias)
    {
        int found = ra is null ? -1 : mappings.FindIndex(m => m.Issuer.Equals(ra.Issuer));
        if (found < 0)
        {
            return keys.Value(Prefix + "defaultCA");
        }

        JavaProperty property = mappings[found].Property;
        keys.Changed(property.Key, $"ScepRa:Aliases:{alias}:CaName, because its RA certificate is from this issuer. A client's text is no longer looked up in the settings.");
        mappings.RemoveAt(found);
        return property.Value.Trim();
    }

    private JsonObject SharedSettings(LegacyKeys keys)
    {
        var alias = new JsonObject
        {
            ["EndEntityProfile"] = keys.Value(Prefix + "entityProfile") ?? "EMPTY",
            ["CertificateProfile"] = keys.Value(Prefix + "certificateProfile") ?? "ENDUSER",
            ["CreateOrEditUser"] = keys.Flag(Prefix + "createOrEditUser", otherwise: false),
            ["Challenge"] = Challenge(keys),
            ["Names"] = Names(keys),
        };
        keys.TakenOver(Prefix + "entityProfile", "EndEntityProfile of each alias.");
        keys.TakenOver(Prefix + "certificateProfile", "CertificateProfile of each alias.");
        keys.Report(
            Prefix + "createOrEditUser",
            keys.Value(Prefix + "createOrEditUser") is "true" or "false" ? SettingFate.TakenOver : SettingFate.Changed,
            $"CreateOrEditUser of each alias is {(keys.Flag(Prefix + "createOrEditUser", false) ? "true" : "false")}.");
        return alias;
    }

    private JsonObject Challenge(LegacyKeys keys)
    {
        const string Key = Prefix + "authPwd";
        if (keys.Value(Key) is not { } challenge || challenge == "none")
        {
            keys.TakenOver(Key, "Challenge:Mode None: any challenge or none. With CreateOrEditUser false it is the password of the registered user. Mode OneTime gives each device its own.");
            return new() { ["Mode"] = "None" };
        }

        keys.Changed(Key, "Challenge:Mode Static, the secret in secrets/scep-challenge. Mode OneTime gives each device its own.");
        return new() { ["Mode"] = "Static", ["SecretFile"] = output.Secret("scep-challenge", challenge) };
    }

    private static JsonObject Names(LegacyKeys keys)
    {
        const string NeverRead = "The legacy servlet never read it (it took the first CN up to a blank), so check that the names are those of the users that exist.";
        string scheme = keys.Value(Scheme)?.ToUpperInvariant() ?? "DN";
        string[] words = keys.Value(Parameters)?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var names = new JsonObject { ["Scheme"] = scheme switch { "RANDOM" => "Random", "FIXED" => "Fixed", _ => "Dn" } };
        keys.Report(Scheme, scheme is "DN" or "RANDOM" or "FIXED" ? SettingFate.Changed : SettingFate.Attention, scheme is "DN" or "RANDOM" or "FIXED"
            ? $"Names:Scheme of each alias. {NeverRead}"
            : $"There is no scheme '{scheme}'; Names:Scheme is Dn.");
        if (scheme == "FIXED")
        {
            names["Fixed"] = keys.Value(Parameters) ?? "scep";
        }
        else if (words.Length > 0)
        {
            names["Parts"] = new JsonArray([.. words.Where(word => NameAttributes.FindOid(word) is not null).Select(word => JsonValue.Create(word))]);
        }

        string[] unknown = scheme == "FIXED" ? [] : [.. words.Where(word => NameAttributes.FindOid(word) is null)];
        keys.Report(Parameters, unknown.Length > 0 ? SettingFate.Attention : SettingFate.Changed, unknown.Length > 0
            ? $"Names:Parts without {string.Join(", ", unknown)}, which is no attribute of a name."
            : $"{(scheme == "FIXED" ? "Names:Fixed" : "Names:Parts")} of each alias. {NeverRead}");
        Affix(keys, names, "prefix", "Prefix");
        Affix(keys, names, "postfix", "Postfix");
        return names;
    }

    private static void Affix(LegacyKeys keys, JsonObject names, string legacy, string native)
    {
        string key = Prefix + "namegeneration" + legacy;
        names[native] = keys.Value(key) ?? "";
        keys.TakenOver(key, $"Names:{native} of each alias.");
    }
}

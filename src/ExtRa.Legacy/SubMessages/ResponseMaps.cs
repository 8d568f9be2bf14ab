using ExtRa.Messages.Contract;

namespace ExtRa.Legacy.SubMessages;

/// <summary>Answers ↔ maps (WIRE.md 7.5).</summary>
internal static class ResponseMaps
{
    private const int MaxFailInfo = 1000;

    public static Response Read(int number, MapFields fields)
    {
        Response response = ReadClass(number, fields, fields.Truth(LegacyKeys.Success));
        return response with { FailInfo = response.Success ? null : FailInfoOf(fields) };
    }

    /// <summary>The entries after version and CLASSTYPE; everything but success is left out of a failure, as legacy does.</summary>
    public static void Write(Response response, MapWriter map)
    {
        map.Add(LegacyKeys.RequestId, response.RequestId);
        map.Add(LegacyKeys.Success, response.Success);
        map.Add(LegacyKeys.FailInfo, response.Success ? null : response.FailInfo);
        switch (response)
        {
            case PKCS10Response { Success: true } issued:
                map.AddOctets(LegacyKeys.Certificate, issued.Certificate);
                map.AddOctets(LegacyKeys.Pkcs7, issued.Pkcs7);
                break;
            case PKCS12Response { Success: true } issued:
                map.AddOctets(LegacyKeys.KeyStore, issued.KeyStore);
                break;
            case CardRenewalResponse { Success: true } issued:
                map.AddOctets(LegacyKeys.AuthCert, issued.AuthCert);
                map.AddOctets(LegacyKeys.SignCert, issued.SignCert);
                break;
            case KeyStoreRetrievalResponse retrieved:
                map.Add(LegacyKeys.KeyStoreType, retrieved.KeyStoreType);
                map.AddOctets(LegacyKeys.LowerKeyStore, retrieved.KeyStore);
                break;
            case CertificateRequestResponse issued:
                map.Add(LegacyKeys.RequestType, issued.ResponseType);
                map.AddOctets(LegacyKeys.ResponseData, issued.ResponseData);
                break;
        }
    }

    private static Response ReadClass(int number, MapFields fields, bool success) => number switch
    {
        5 => new PKCS10Response { RequestId = fields.RequestId(), Success = success, Certificate = fields.OptionalOctets(LegacyKeys.Certificate), Pkcs7 = fields.OptionalOctets(LegacyKeys.Pkcs7) },
        6 => new PKCS12Response { RequestId = fields.RequestId(), Success = success, KeyStore = fields.OptionalOctets(LegacyKeys.KeyStore) },
        9 => new ExtRAResponse { RequestId = fields.RequestId(), Success = success },
        12 => new CardRenewalResponse { RequestId = fields.RequestId(), Success = success, AuthCert = fields.OptionalOctets(LegacyKeys.AuthCert), SignCert = fields.OptionalOctets(LegacyKeys.SignCert) },
        14 => new KeyStoreRetrievalResponse
        {
            RequestId = fields.RequestId(),
            Success = success,
            KeyStoreType = fields.OptionalInt(LegacyKeys.KeyStoreType),
            KeyStore = fields.OptionalOctets(LegacyKeys.LowerKeyStore),
        },
        16 or LegacyClass.OneshotResponse => new CertificateRequestResponse
        {
            RequestId = fields.RequestId(),
            Success = success,
            ResponseType = fields.OptionalInt(LegacyKeys.RequestType),
            ResponseData = fields.OptionalOctets(LegacyKeys.ResponseData),
        },
        _ => throw new LegacyFieldException($"class {number} is no answer"),
    };

    // Free text of Java's making (SEMANTICS.md 3.5): for the log, cut to a length.
    private static string FailInfoOf(MapFields fields)
    {
        string text = fields.Text(LegacyKeys.FailInfo) ?? "The CA refused and gave no reason.";
        return ExtRa.Messages.Store.Printable.Of(text.Length > MaxFailInfo ? text[..MaxFailInfo] : text);
    }
}

using System.Buffers;

namespace ExtRa.Messages.Contract;

/// <summary>
/// The short code of a request, made of its digest: both ends can show it and a person can read it over the telephone
/// (ARCHITECTURE.md 6). Forty bits: enough to tell waiting requests apart, not a security boundary.
/// </summary>
public static class RequestCode
{
    // Crockford's alphabet: no I, L, O, U, so that nothing is misheard or misread.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Digits = 10;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>
    /// The code of a row; null where its digest is none: rows of legacy programs have other texts there. Whoever owns the
    /// message database could change it, so it finds requests and proves nothing.
    /// </summary>
    public static string? Find(string? requestDigest) =>
        requestDigest is { Length: >= Digits } && !requestDigest.AsSpan(0, Digits).ContainsAnyExcept(Hex) ? Of(requestDigest) : null;

    /// <summary>Eight characters in two groups, <c>K7QX-3M9P</c>.</summary>
    /// <param name="requestDigest">The row's request digest, 64 hex digits.</param>
    public static string Of(string requestDigest)
    {
        byte[] bytes = Convert.FromHexString(requestDigest.AsSpan(0, Digits));
        ulong bits = 0;
        foreach (byte b in bytes)
        {
            bits = (bits << 8) | b;
        }

        Span<char> code = stackalloc char[9];
        for (int i = 8; i >= 0; i--)
        {
            if (i == 4)
            {
                code[i] = '-';
                continue;
            }

            code[i] = Alphabet[(int)(bits & 31)];
            bits >>= 5;
        }

        return new string(code);
    }
}

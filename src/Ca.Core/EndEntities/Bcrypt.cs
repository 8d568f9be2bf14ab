using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Trust;

namespace Ca.Core.EndEntities;

/// <summary>
/// bcrypt hashes of legacy databases, verified by the system's own crypt library (libxcrypt): .NET has no bcrypt. Its
/// least cost is 2^4, so hashes with the legacy product's default of 2^1 cannot be verified by anybody here.
/// </summary>
internal static partial class Bcrypt
{
    private const string Library = "libcrypt.so.1";
    private const int HashLength = 60;
    private const int LeastCost = 4;
    private const int MostCost = 16; // 2^16 takes seconds; whoever wrote more into the database wants us to hang
    private const int WorkSize = 32_768; // struct crypt_data

    private static readonly bool IsAvailable = NativeLibrary.TryLoad(Library, typeof(Bcrypt).Assembly, DllImportSearchPath.SafeDirectories, out _);

    /// <summary>$2a$, $2b$ or $2y$ with a cost and 53 characters.</summary>
    public static bool IsHash(string stored) =>
        stored.Length == HashLength && stored[..2] == "$2" && stored[2] is 'a' or 'b' or 'y' && stored[3] == '$' && stored[6] == '$'
        && char.IsAsciiDigit(stored[4]) && char.IsAsciiDigit(stored[5]);

    /// <summary>It can be verified on this machine, in a time that nobody minds.</summary>
    public static bool CanVerify(string stored) =>
        IsAvailable && IsHash(stored) && Cost(stored) is >= LeastCost and <= MostCost;

    /// <summary>The binary logarithm of the rounds of a hash.</summary>
    public static int Cost(string hash) => ((hash[4] - '0') * 10) + (hash[5] - '0');

    public static bool Matches(Secret secret, string stored) => CanVerify(stored) && secret.LendText(text =>
    {
        byte[] phrase = [.. Encoding.UTF8.GetBytes(text.Trim()), 0];
        byte[] work = GC.AllocateArray<byte>(WorkSize, pinned: true); // the result points into it
        try
        {
            nint computed = crypt_rn(phrase, [.. Encoding.ASCII.GetBytes(stored), 0], work, WorkSize);
            return computed != 0 && Marshal.PtrToStringUTF8(computed) is { } hash
                && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(stored));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            CryptographicOperations.ZeroMemory(work);
        }
    });

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint crypt_rn(byte[] phrase, byte[] setting, [In, Out] byte[] data, int size);
}

using System.Text.Json;
using Pki.Protocols.Scep;
using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests;

/// <summary>
/// The documented workflow (EXTERNAL_RA.md) with certmonger's helper as the router: it asks, people decide, it
/// gets its certificate or a failure. While people must agree, nobody else enrols.
/// </summary>
[TestClass, DoNotParallelize]
[NeedsTool("initdb", "scep-submit", "chromium")]
public sealed class ApprovalTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task One_approves_at_the_command_line_and_one_in_the_browser_and_certmonger_brings_the_certificate_home()
    {
        await using IAsyncDisposable demand = await Administrators.MustAgreeAsync(2, Cancel);
        using ScepSubmit client = await ScepSubmit.WithCaAsync(Cancel);
        using KeyPair key = KeyPair.Generate("RSA2048");
        SentRequest request = OwnClient.Request(key, "CN=monger-approved,O=Interop", client.Ra);

        (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
        long id = Id((await WaitsAsync("monger-approved", 1))[0]);
        StringAssert.Contains((await Administrators.DecideAsync("approve", id, Cancel)).Out, "1 more needed");
        (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
        StringAssert.Contains(await Administrators.ApproveInBrowserAsync(id), "Approved. The worker does");

        Assert.IsTrue(OwnClient.Open((await client.UntilDecidedAsync(request, Cancel)).EndedWith(ScepSubmit.Issued).Out, request.Sender).PublicKey.SameKeyAs(key.Public));
        Assert.AreEqual("executed", Status((await Administrators.RequestsAsync("monger-approved", Cancel)).Single()));
    }

    [TestMethod]
    public async Task Rejected_it_fails_for_half_an_hour_without_asking_anybody_and_then_asks_anew()
    {
        await using IAsyncDisposable demand = await Administrators.MustAgreeAsync(1, Cancel);
        using ScepSubmit client = await ScepSubmit.WithCaAsync(Cancel);
        using KeyPair key = KeyPair.Generate("RSA2048");
        SentRequest request = OwnClient.Request(key, "CN=monger-rejected,O=Interop", client.Ra);
        (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
        JsonElement first = (await WaitsAsync("monger-rejected", 1))[0];
        await Administrators.DecideAsync("reject", Id(first), Cancel);
        (await client.UntilDecidedAsync(request, Cancel)).EndedWith(ScepSubmit.Rejected);

        (await client.UntilDecidedAsync(request, Cancel)).EndedWith(ScepSubmit.Rejected);
        SentRequest again = OwnClient.Request(key, "CN=monger-rejected,O=Interop", client.Ra, TransactionId.FromText("another-transaction-of-monger-rejected"));
        (await client.UntilDecidedAsync(again, Cancel)).EndedWith(ScepSubmit.Rejected);
        Assert.HasCount(1, await Administrators.RequestsAsync("monger-rejected", Cancel), "The CA remembers; nobody was asked.");

        await Administrators.AgeAsync((await Administrators.RequestsAsync("monger-rejected", Cancel)).Single(), TimeSpan.FromMinutes(31), Cancel);
        (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
        long second = Id((await WaitsAsync("monger-rejected", 2))[1]);
        await Administrators.DecideAsync("approve", second, Cancel);
        (await client.UntilDecidedAsync(request, Cancel)).EndedWith(ScepSubmit.Issued);
    }

    [TestMethod]
    public async Task Undecided_for_an_hour_it_is_asked_anew_while_the_client_waits()
    {
        await using IAsyncDisposable demand = await Administrators.MustAgreeAsync(1, Cancel);
        using ScepSubmit client = await ScepSubmit.WithCaAsync(Cancel);
        using KeyPair key = KeyPair.Generate("RSA2048");
        SentRequest request = OwnClient.Request(key, "CN=monger-expired,O=Interop", client.Ra);
        (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
        await Administrators.AgeAsync((await WaitsAsync("monger-expired", 1))[0], TimeSpan.FromMinutes(61), Cancel);

        IReadOnlyList<JsonElement> both = await WaitsAsync("monger-expired", 2);
        Assert.AreEqual("expired", Status(both[0]));
        (await client.SendAsync(request, Cancel)).EndedWith(ScepSubmit.Pending);
        await Administrators.DecideAsync("approve", Id(both[1]), Cancel);
        (await client.UntilDecidedAsync(request, Cancel)).EndedWith(ScepSubmit.Issued);
    }

    /// <summary>Waits until there are so many requests for the user, the last of them undecided.</summary>
    private async Task<IReadOnlyList<JsonElement>> WaitsAsync(string user, int number)
    {
        IReadOnlyList<JsonElement> found = [];
        await Eventually.BecomesTrueAsync(
            async cancel => (found = await Administrators.RequestsAsync(user, cancel)).Count == number && Status(found[^1]) == "waiting", Eventually.Patience, Cancel, $"request {number} for {user} waits");
        return found;
    }

    private static long Id(JsonElement request) => request.GetProperty("id").GetInt64();

    private static string? Status(JsonElement request) => request.GetProperty("status").GetString();
}

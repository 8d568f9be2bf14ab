using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CmpProxy.Http;
using CmpProxy.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Pki.Hosting;

namespace CmpProxy.Tests.Observing;

/// <summary>What is counted: tags from closed lists, nothing that a client sent.</summary>
[TestClass]
public sealed class MetricsTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Each_call_is_counted_by_body_and_outcome()
    {
        await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Set("Operations:0", "genm"));
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        var meters = world.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "cmp.calls" && instrument.Meter.Name == Telemetry.MeterName && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counted.Enqueue($"{value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"));
        listener.Start();

        await world.ExchangeAsync(Messages.Genm(), Cancel);
        await world.PostAsync(Messages.Recorded("ir"), Cancel);
        await world.PostAsync("<script>"u8.ToArray(), Cancel);
        await world.PostAsync(Messages.Genm(), Cancel, "/cmp/%3Cscript%3E");
        CollectionAssert.AreEqual(
            (string[])["1 body=genm outcome=answered", "1 body=ir outcome=screened", "1 body=none outcome=unreadable", "1 body=none outcome=404"],
            counted.ToArray());
    }

    [TestMethod]
    public async Task The_address_is_that_of_the_client_behind_a_trusted_proxy_and_of_no_other()
    {
        async Task<string?> AddressAsync(string? trusted)
        {
            await using ProxyWorld world = await ProxyWorld.StartAsync(Cancel, settings => settings.Configuration["CmpProxy:TrustedProxies:0"] = trusted);
            byte[] message = Messages.Genm().Encoded.ToArray();
            await world.WhileTheWorkerRunsAsync(() =>
                RawHttp.PostAsync(world.Port, "/cmp", message, Cancel, $"Content-Type: {CmpEndpoint.ContentType}\r\nX-Forwarded-For: 192.0.2.7\r\n"));
            return world.Worker.Seen.Single().RequesterAddress;
        }

        Assert.AreEqual("192.0.2.7", await AddressAsync("127.0.0.0/8"));
        Assert.AreEqual("127.0.0.1", await AddressAsync("10.0.0.1"));
        Assert.AreEqual("127.0.0.1", await AddressAsync(null));
    }
}

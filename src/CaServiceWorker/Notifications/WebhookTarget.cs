using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Ca.Core.Notices;
using Pki.Hosting;
using Pki.Protocols.Trust;

namespace CaServiceWorker.Notifications;

/// <summary>
/// Tells a program by HTTP POST. The header <see cref="SignatureHeader"/> is <c>t=UNIXTIME,v1=HEX</c>, where HEX is
/// HMAC-SHA256 (RFC 2104) with the shared secret over the time, a full stop and the body: who gets it computes the same,
/// compares in constant time and refuses old times.
/// </summary>
internal sealed class WebhookTarget(string name, WebhookOptions options, Secret secret, HttpClient http, TimeProvider clock) : INoticeTarget
{
    public const string SignatureHeader = "Pki-Signature";
    public const string DeliveryHeader = "Pki-Delivery";

    public string Name => "webhook/" + name;

    public string? Loosening => options.AllowHttp ? $"Notices go to the webhook {name} without TLS." : null;

    public async Task<Delivery> DeliverAsync(DueNotice notice, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using HttpRequestMessage request = Write(notice);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token); // whatever else it says is not read
            return response.StatusCode switch
            {
                _ when response.IsSuccessStatusCode => Delivery.Taken,
                HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => Delivery.Away(Status(response)),
                _ => Delivery.Refused(Status(response)),
            };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return Delivery.Away($"It did not answer within {options.Timeout}.");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return Delivery.Away(LogText.Of($"{failed.Message} {failed.InnerException?.Message}"));
        }
    }

    private HttpRequestMessage Write(DueNotice notice)
    {
        string id = DeliveryId.Of(notice.Key);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id,
            @event = notice.Kind == NoticeKind.Expiring ? "certificate.expiring" : "approval.waiting",
            attempt = notice.Attempt,
            data = notice.Values.ToDictionary(value => value.Key, value => NoticeText.Clean(value.Value), StringComparer.Ordinal),
        });
        var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        string time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add(SignatureHeader, $"t={time},v1={Sign(time, body)}");
        request.Headers.Add(DeliveryHeader, id);
        return request;
    }

    private string Sign(string time, byte[] body) =>
        secret.Lend(key => Convert.ToHexStringLower(HMACSHA256.HashData(key, [.. System.Text.Encoding.ASCII.GetBytes(time + "."), .. body])));

    private static string Status(HttpResponseMessage response) => string.Create(CultureInfo.InvariantCulture, $"It answered with status {(int)response.StatusCode}.");
}

using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Ca.Core.Notices;
using Pki.Hosting;

namespace CaServiceWorker.Notifications;

/// <summary>Tells people by e-mail, one message for each notice.</summary>
internal sealed class MailTarget(MailOptions options, NetworkCredential? credential, NoticeTexts texts, TimeProvider clock) : INoticeTarget
{
    public string Name => "mail";

    public string? Loosening => options.AllowPlain ? $"Notices go to the mail server {options.Host} without TLS." : null;

    public async Task<Delivery> DeliverAsync(DueNotice notice, CancellationToken cancel)
    {
        using MailMessage mail = Write(notice);
        if (mail.To.Count == 0)
        {
            return Delivery.Taken; // only its holder would be told, and has no address
        }

        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = !options.AllowPlain, Credentials = credential };
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            await client.SendMailAsync(mail, both.Token);
            return Delivery.Taken;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return Delivery.Away($"{options.Host} did not answer within {options.Timeout}.");
        }
        catch (SmtpFailedRecipientException refused)
        {
            // The others have it. Sent again, they would have it as often as it is tried.
            int failed = refused is SmtpFailedRecipientsException many ? many.InnerExceptions.Length : 1;
            string why = LogText.Of($"{refused.StatusCode} for {refused.FailedRecipient ?? $"{failed} recipients"}");
            return failed < mail.To.Count ? Delivery.TakenExcept(why) : Delivery.Refused(why);
        }
        catch (SmtpException failed)
        {
            return Delivery.Away(LogText.Of($"{failed.StatusCode}: {failed.Message} {failed.InnerException?.Message}"));
        }
    }

    private MailMessage Write(DueNotice notice)
    {
        NoticeText text = texts[notice.Kind];
        var mail = new MailMessage
        {
            From = new(options.From),
            Subject = text.Subject(notice.Values),
            SubjectEncoding = Encoding.UTF8,
            Body = text.Body(notice.Values),
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.QuotedPrintable, // people read it in logs and spools, too
        };
        mail.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834 §5: no holiday replies
        mail.Headers.Add("Message-ID", $"<{DeliveryId.Of(notice.Key)}@{mail.From.Host}>");
        foreach (string address in options.To)
        {
            mail.To.Add(new MailAddress(address));
        }

        if (options.NotifyHolder && MailAddress.TryCreate(notice.HolderEmail, out MailAddress? holder))
        {
            mail.To.Add(new MailAddress(holder.Address));
        }

        return mail;
    }
}

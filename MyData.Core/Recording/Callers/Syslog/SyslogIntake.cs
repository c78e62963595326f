using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Records for systems that only log. There is no answer to a syslog message, so nothing may be released on one: what is refused is counted, and
/// what cannot be written now is not read from the connection.
/// </summary>
public sealed class SyslogIntake(
    IWriter writer,
    LedgerSettings settings,
    ClientKeys keys,
    CitizenAccounts accounts,
    TimeProvider time
)
{
    /// <summary>No certificate, or one that is out of its time.</summary>
    public const string BadCertificate = "syslog.certificate";

    /// <summary>Whose connection this is.</summary>
    /// <param name="kid">of the certificate that the other end has shown the key of</param>
    /// <param name="token">ends the look-up</param>
    /// <exception cref="LedgerException"><c>sent.key_unknown</c>, <c>sent.key_revoked</c>, <c>syslog.certificate</c></exception>
    public async Task<ClientKey> AdmitAsync(string kid, CancellationToken token)
    {
        if (await keys.FindCertificateAsync(kid, token) is not { Certificate: { } certificate } sender)
            throw new LedgerException("sent.key_unknown", "No certificate of this fingerprint is registered.");
        if (sender.RevokedAt is not null)
            throw new LedgerException("sent.key_revoked", "This certificate was revoked.");
        return certificate.IsGood(time.GetUtcNow())
            ? sender
            : throw new LedgerException(BadCertificate, "This certificate is out of its time.");
    }

    /// <summary>Records what is good among these messages; durable when it returns. Again with the same messages changes nothing.</summary>
    /// <returns>for each the refusal, or null where it stands in the log</returns>
    /// <exception cref="LedgerException"><see cref="Writing.Unavailable"/>: nothing can be written now; bring them again</exception>
    public async Task<IReadOnlyList<LedgerException?>> TakeAsync(
        ClientKey sender,
        IReadOnlyList<ReadOnlyMemory<byte>> messages,
        CancellationToken token
    )
    {
        var checkedOnes = messages.Select(message => Check(sender, message)).ToList();
        var good = checkedOnes.Select(one => one.Sent).OfType<SentRecord>();
        foreach (var slice in SentSlices.Of(good))
            await writer.WriteAsync(scope => slice.ForEach(scope.Take), token);
        return [.. checkedOnes.Select(one => one.Refusal ?? RefusalOf(one.Sent!))];
    }

    private (SentRecord? Sent, LedgerException? Refusal) Check(ClientKey sender, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var message = SyslogMessage.Parse(bytes.Span, settings.SyslogElement);
            var (record, persons) = SyslogRecord.Of(sender, message);
            if (TransferReport.IsOperation(record.Operation))
                throw new LedgerException("record.unsigned", "An end of a transfer signs its report.");
            SentRules.Require(record, time.GetUtcNow(), settings);
            return (new SentRecord { Record = record, Persons = [.. persons.Select(accounts.PseudonymOf)] }, null);
        }
        catch (LedgerException refusal)
        {
            return (null, refusal);
        }
    }

    private static LedgerException? RefusalOf(SentRecord sent) =>
        sent.Outcome switch
        {
            SentOutcome.Conflict => new("sent.conflict", "This id stands for other bytes."),
            SentOutcome.Revoked => new("sent.key_revoked", "This certificate was revoked."),
            _ => null,
        };
}

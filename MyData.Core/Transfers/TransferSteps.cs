using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.OpenId;

namespace MyData.Core.Transfers;

/// <summary>
/// The arrows of the state machine, one write each. Every arrow is taken only from the state it starts in, so that a late
/// or doubled step changes nothing.
/// </summary>
public sealed class TransferSteps(IWriter writer, INotices notices, TransferSettings settings)
{
    private readonly Func<MyDataDb, Guid, Transfer> _byId = EF.CompileQuery(
        (MyDataDb db, Guid id) => db.Set<Transfer>().Single(t => t.Id == id)
    );

    /// <summary>Requested or Preparing → Calling, with the token of this call. False: somebody else was first, or it ended.</summary>
    public Task<bool> BeginAsync(
        Guid id,
        PreparedToken token,
        byte[] request,
        ExpectedSide expected,
        CancellationToken cancellation
    ) =>
        writer.WriteAsync(
            scope =>
            {
                var transfer = Find(scope, id);
                if (transfer.State is not (TransferState.Requested or TransferState.Preparing))
                    return false;
                transfer.State = TransferState.Calling;
                transfer.Round++;
                TransferTokens.Issue(scope, token);
                SideFollower.Expect(scope, transfer, expected);
                scope.Raise(TransferEnd.Happened(EventKinds.TransferCalled, "platform", transfer, request: request));
                return true;
            },
            cancellation
        );

    /// <summary>Calling → Ready. False: it ended meanwhile, and the bytes that came are deleted.</summary>
    public Task<bool> ReadyAsync(Guid id, ProviderAnswer.Sealed answer, CancellationToken cancellation) =>
        writer.WriteAsync(
            scope =>
            {
                var transfer = Find(scope, id);
                if (transfer.State != TransferState.Calling)
                {
                    scope.Bookkeeping();
                    TransferEnd.DropChunks(scope, id);
                    return false;
                }
                transfer.State = TransferState.Ready;
                transfer.ReadyAt = scope.Now;
                transfer.ExpiresAt = scope.Now + settings.Retention;
                transfer.Head = answer.Head;
                transfer.SealDigest = answer.SealDigest;
                transfer.CipherTextLength = answer.CipherTextLength;
                answer.LastChunk.Insert(scope.Db);
                TransferTokens.Revoke(scope, id);
                scope.Raise(
                    TransferEnd.Happened(
                        EventKinds.TransferReady,
                        $"provider:{transfer.ProviderId}",
                        transfer,
                        answer: answer.Digest
                    )
                );
                // She is told of what she had to wait for, not of what came while she looked on; and what is for a service is told of when it has it.
                if (transfer is { Round: > 1, ForService: null })
                    notices.Queue(scope, transfer.CitizenId, NoticeKinds.TransferReady, Parameters(transfer));
                return true;
            },
            cancellation
        );

    /// <summary>Calling → Preparing until <paramref name="next"/>.</summary>
    public Task PreparingAsync(Guid id, DateTimeOffset next, CancellationToken cancellation) =>
        writer.WriteAsync(
            scope =>
            {
                var transfer = Find(scope, id);
                if (transfer.State != TransferState.Calling)
                    return;
                transfer.State = TransferState.Preparing;
                transfer.NextAttemptAt = next;
                TransferTokens.Revoke(scope, id);
                scope.Raise(
                    TransferEnd.Happened(EventKinds.TransferPreparing, $"provider:{transfer.ProviderId}", transfer)
                );
            },
            cancellation
        );

    /// <summary>Calling → Empty: the provider holds nothing about her. False: it had ended.</summary>
    public Task<bool> EmptyAsync(Guid id, CancellationToken cancellation) =>
        writer.WriteAsync(
            scope =>
            {
                var transfer = Find(scope, id);
                if (transfer.State != TransferState.Calling)
                    return false;
                TransferEnd.Drop(scope, transfer, TransferState.Empty);
                scope.Raise(
                    TransferEnd.Happened(EventKinds.TransferEmpty, $"provider:{transfer.ProviderId}", transfer)
                );
                if (transfer is { Round: > 1, ForService: null })
                    notices.Queue(scope, transfer.CitizenId, NoticeKinds.TransferEmpty, Parameters(transfer));
                return true;
            },
            cancellation
        );

    /// <summary>
    /// Any state before Ready → Failed, with its code. Nothing was handed over. What a call brought after its transfer had
    /// ended otherwise (her account was closed, its deadline passed) is deleted: false.
    /// </summary>
    public Task<bool> FailAsync(Guid id, string code, CancellationToken cancellation) =>
        writer.WriteAsync(
            scope =>
            {
                var transfer = Find(scope, id);
                if (transfer.State >= TransferState.Ready)
                {
                    if (transfer.IsFinal)
                        TransferEnd.DropChunks(scope, id);
                    return false;
                }
                var waited = transfer is { Round: > 1, ForService: null };
                TransferEnd.Drop(scope, transfer, TransferState.Failed, code);
                scope.Raise(TransferEnd.Happened(EventKinds.TransferFailed, "platform", transfer, code));
                if (waited)
                    notices.Queue(scope, transfer.CitizenId, NoticeKinds.TransferFailed, Parameters(transfer));
                return true;
            },
            cancellation
        );

    /// <summary>
    /// After a restart: a call that was under way is asked again, with the same transfer id. What had come of it is deleted.
    /// </summary>
    public Task<int> RecoverAsync(CancellationToken cancellation) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                var broken = scope.Db.Set<Transfer>().Where(t => t.State == TransferState.Calling).ToList();
                broken.ForEach(transfer => Back(scope, transfer));
                scope
                    .Db.Set<PackageChunk>()
                    .Where(chunk =>
                        !scope.Db.Set<Transfer>().Any(t => t.Id == chunk.TransferId && t.State == TransferState.Ready)
                    )
                    .ExecuteDelete();
                // What was erased right before a crash may still stand in the log.
                scope.Erase();
                return broken.Count;
            },
            cancellation
        );

    /// <summary>A call that was broken off because nothing could be written: as after a restart, for this one transfer.</summary>
    public Task BreakOffAsync(Guid id, CancellationToken cancellation) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (Find(scope, id) is not { State: TransferState.Calling } transfer)
                    return;
                Back(scope, transfer);
                TransferEnd.DropChunks(scope, id);
            },
            cancellation
        );

    /// <summary>Ready and past its time → Expired; the package is deleted. The number of packages that ran out.</summary>
    public Task<int> ExpireAsync(CancellationToken cancellation) =>
        writer.WriteAsync(
            scope =>
            {
                var over = scope
                    .Db.Set<Transfer>()
                    .Where(t => t.State == TransferState.Ready && t.ExpiresAt <= scope.Now)
                    .OrderBy(t => t.ExpiresAt)
                    .Take(100)
                    .ToList();
                foreach (var transfer in over)
                {
                    TransferEnd.Drop(scope, transfer, TransferState.Expired);
                    scope.Raise(TransferEnd.Happened(EventKinds.TransferExpired, "platform", transfer));
                }
                return over.Count;
            },
            cancellation
        );

    private Transfer Find(WriteScope scope, Guid id) => _byId(scope.Db, id);

    private static void Back(WriteScope scope, Transfer transfer)
    {
        transfer.State = transfer.Round > 1 ? TransferState.Preparing : TransferState.Requested;
        transfer.NextAttemptAt = scope.Now;
        TransferTokens.Revoke(scope, transfer.Id);
    }

    private static object Parameters(Transfer transfer) =>
        new
        {
            consent = transfer.ConsentId,
            dataset = transfer.DataSetId,
            transfer = transfer.Id,
            code = transfer.Code,
        };
}

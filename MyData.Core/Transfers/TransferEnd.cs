using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;

namespace MyData.Core.Transfers;

/// <summary>What every end of a transfer does, in the transaction that ends it: token dead, package gone, event told.</summary>
internal static class TransferEnd
{
    /// <summary>Ends a tracked transfer: nothing of the package or its token is left.</summary>
    public static void Drop(WriteScope scope, Transfer transfer, TransferState state, string? code = null)
    {
        transfer.State = state;
        transfer.Code = code;
        transfer.EndedAt = scope.Now;
        transfer.Head = null;
        TransferTokens.Revoke(scope, transfer.Id);
        DropChunks(scope, transfer.Id);
    }

    public static void DropChunks(WriteScope scope, Guid transferId)
    {
        if (scope.Db.Set<PackageChunk>().Where(chunk => chunk.TransferId == transferId).ExecuteDelete() > 0)
            scope.Erase();
    }

    /// <param name="kind">What happened.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="transfer">To which.</param>
    /// <param name="code">With which result.</param>
    /// <param name="request">SHA-256 of what was sent, where something was.</param>
    /// <param name="answer">SHA-256 of what came, where something did.</param>
    public static Event Happened(
        string kind,
        string actor,
        Transfer transfer,
        string code = "ok",
        byte[]? request = null,
        byte[]? answer = null
    ) =>
        new()
        {
            Kind = kind,
            Actor = actor,
            CitizenId = transfer.CitizenId,
            ConsentId = transfer.ConsentId,
            TransferId = transfer.Id,
            DataSetId = transfer.DataSetId,
            Code = code,
            RequestDigest = request,
            ResponseDigest = answer,
            Details = Details(transfer),
        };

    // What is sealed for a service goes to it, and not to her.
    private static string? Details(Transfer transfer) =>
        transfer.SealDigest is null && transfer.ForService is null
            ? null
            : JsonSerializer.Serialize(
                new
                {
                    seal = transfer.SealDigest,
                    service = transfer.ForService,
                    to = transfer.ForService,
                },
                Short
            );

    private static readonly JsonSerializerOptions Short = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

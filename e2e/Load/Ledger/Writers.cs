using System.Collections.Concurrent;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Recording;
using MyData.Load.Browsing;
using MyData.Load.Flows;

namespace MyData.Load.Ledger;

/// <summary>Fifty at once on one engine, each waiting for its record to be durable, signed and witnessed before the next; with the proof.</summary>
public sealed class Writers(Engine engine)
{
    public const int AtOnce = 50;

    // As many people as a morning at the counters has; their keys are in the vault after the warm-up.
    private readonly Guid[] _people = [.. Enumerable.Range(0, 1000).Select(_ => Ids.New())];

    /// <summary>Records that other systems signed, with one tag; checked, placed, and their receipts made. Signing them is their work, and done before.</summary>
    public async Task<CrowdResult> SignedAsync(int count, CancellationToken token)
    {
        using var system = new CallingSystem("city-platform");
        await engine.Get<ClientKeys>().AddAsync(system.Name, system.Key, token);
        var bodies = new ConcurrentQueue<byte[]>(Enumerable.Range(0, count).Select(_ => system.Envelope()));
        var intake = engine.Get<LedgerIntake>();
        return await RunAsync(
            count,
            async ct =>
            {
                if (!bodies.TryDequeue(out var body))
                    return;
                var result = await intake.TakeAsync(body, durable: false, ct);
                if (result.Receipt is null)
                    throw new LoadException($"No receipt: {result.Refusal?.Code}");
            },
            token
        );
    }

    /// <summary>Records without a signature and without a person: what the log alone costs.</summary>
    public async Task<CrowdResult> UnsignedAsync(int count, CancellationToken token)
    {
        using var system = new CallingSystem("city-platform");
        await engine.Get<ClientKeys>().AddAsync(system.Name, system.Key, token);
        var (writer, gate) = (engine.Get<IWriter>(), engine.Get<IReleaseGate>());
        return await RunAsync(
            count,
            async ct =>
            {
                var sent = new SentRecord { Record = system.Unsigned(), Persons = [] };
                await writer.WriteAsync(scope => scope.Take(sent), ct);
                await gate.PassAsync(ct);
                await ProofAsync(sent.Index, ct);
            },
            token
        );
    }

    /// <summary>A row by Entity Framework, the event that tells of it, and its record with the citizen's tag, in one transaction.</summary>
    public Task<CrowdResult> BusinessAsync(int count, CancellationToken token)
    {
        var (writer, gate) = (engine.Get<IWriter>(), engine.Get<IReleaseGate>());
        return RunAsync(
            count,
            async ct =>
            {
                var citizen = _people[Random.Shared.Next(_people.Length)];
                await writer.WriteAsync(scope => Queue(scope, citizen), ct);
                await gate.PassAsync(ct);
                // The newest is as far from the files as any of its batch.
                await ProofAsync(engine.Log.Proven!.Checkpoint.Size - 1, ct);
            },
            token
        );
    }

    private static void Queue(WriteScope scope, Guid citizen)
    {
        scope.Db.Add(
            new Notice
            {
                Id = Ids.New(),
                CitizenId = citizen,
                Kind = "load",
                Parameters = "{}",
                CreatedAt = scope.Now,
                Mail = MailState.NotWanted,
            }
        );
        scope.Raise(
            new Event
            {
                Kind = EventKinds.NoticeQueued,
                Actor = "platform",
                CitizenId = citizen,
            }
        );
    }

    private async Task ProofAsync(long index, CancellationToken token)
    {
        var log = engine.Log;
        await log.Tree.InclusionAsync(index, log.Proven!.Checkpoint.Size, token);
    }

    private static async Task<CrowdResult> RunAsync(
        int count,
        Func<CancellationToken, Task> write,
        CancellationToken token
    )
    {
        var result = await Crowd.RunAsync(AtOnce, count, (_, ct) => write(ct), token);
        return result.Lost.Count == 0
            ? result
            : throw new LoadException($"{result.Lost.Count} of {count} were lost: {result.Lost.First()}");
    }
}

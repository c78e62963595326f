using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Staff;

/// <summary>
/// An older database knows staff as they were: everybody is signed out and no link made before is good; who has left since, by the ledger's
/// word, has left, and a passkey that was taken away is gone. Where a record does not say whose, all passkeys are, until <c>operator link</c>
/// gives new ones.
/// </summary>
internal sealed class RestoredStaff : IRestoredFollower
{
    private const string Member = "staff/";
    private const string Passkey = "passkey/";

    /// <summary>How the record of an end names her.</summary>
    public static string NameOf(Guid staffId) => $"{Member}{staffId:N}";

    /// <summary>How the record of an end names it.</summary>
    public static string NameOfPasskey(Guid id) => $"{Passkey}{id:N}";

    public void Follow(WriteScope scope, IReadOnlyList<LedgerRecord> records)
    {
        scope
            .Db.Set<StaffSession>()
            .Where(s => s.EndedAt == null)
            .ExecuteUpdate(set => set.SetProperty(s => s.EndedAt, (DateTimeOffset?)scope.Now));
        scope.Db.Set<StaffMember>().ExecuteUpdate(set => set.SetProperty(m => m.LinksAfter, scope.Now));
        foreach (var record in records)
            if (record.Operation is EventKinds.StaffLeft)
                Left(scope, record);
            else if (record.Operation is EventKinds.StaffPasskeyRemoved)
                Removed(scope, record);
    }

    private static void Left(WriteScope scope, LedgerRecord record)
    {
        if (IdOf(record.To, Member) is not { } id)
        {
            scope.Db.Set<StaffPasskey>().ExecuteDelete();
            return;
        }
        scope
            .Db.Set<StaffMember>()
            .Where(m => m.Id == id && m.LeftAt == null)
            .ExecuteUpdate(set => set.SetProperty(m => m.LeftAt, (DateTimeOffset?)record.Time));
        scope.Db.Set<StaffPasskey>().Where(p => p.StaffId == id).ExecuteDelete();
    }

    private static void Removed(WriteScope scope, LedgerRecord record)
    {
        var id = IdOf(record.To, Passkey);
        scope.Db.Set<StaffPasskey>().Where(p => id == null || p.Id == id).ExecuteDelete();
    }

    private static Guid? IdOf(string to, string kind) =>
        to.StartsWith(kind, StringComparison.Ordinal) && Guid.TryParseExact(to[kind.Length..], "N", out var id)
            ? id
            : null;
}

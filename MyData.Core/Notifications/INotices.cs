using MyData.Core.Data;

namespace MyData.Core.Notifications;

/// <summary>How another feature tells a citizen something.</summary>
public interface INotices
{
    /// <summary>
    /// Adds a notice inside the caller's own write: it exists exactly if the change exists. Nothing is sent here, and
    /// nobody waits for a mail server.
    /// </summary>
    /// <param name="scope">The caller's write.</param>
    /// <param name="citizenId">Who is told.</param>
    /// <param name="kind">One of <see cref="NoticeKinds"/>, which also says the parameters.</param>
    /// <param name="parameters">An object of plain values; see <see cref="NoticeParameters"/>.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    void Queue(WriteScope scope, Guid citizenId, string kind, object parameters);

    /// <summary>
    /// Seals a parameter that is secret or personal (a code, an address). It is cryptography, so before the write.
    /// </summary>
    SealedParameter Seal(Guid citizenId, string value);

    /// <summary>Removes every notice of a closed account, inside the write that closes it.</summary>
    void Forget(WriteScope scope, Guid citizenId);
}

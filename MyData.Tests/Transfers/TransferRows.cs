using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Transfers;

namespace MyData.Tests.Transfers;

internal static class TransferRows
{
    /// <summary>A transfer whose package waits, with nothing behind it.</summary>
    public static Transfer Ready(DateTimeOffset now) =>
        new()
        {
            Id = Ids.New(),
            ConsentId = Ids.New(),
            CitizenId = Ids.New(),
            DataSetId = "API.household",
            ProviderId = "ris",
            SchemaVersion = 1,
            RecipientJwk = "{}",
            ClaimHash = "",
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = now,
            CreatedAt = now,
            DeadlineAt = now.AddHours(1),
            State = TransferState.Ready,
            Head = "{",
            CipherTextLength = 4,
        };
}

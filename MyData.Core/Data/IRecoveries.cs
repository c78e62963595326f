namespace MyData.Core.Data;

/// <summary>
/// When an older database last took over. What was good once and stands in no row (a link that is sealed, and kept nowhere) may have been used
/// in what is gone: nothing of before is good after it.
/// </summary>
public interface IRecoveries
{
    /// <returns>null where none ever did</returns>
    DateTimeOffset? Last(MyDataDb db);
}

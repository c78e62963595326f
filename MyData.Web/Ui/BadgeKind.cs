namespace MyData.Web.Ui;

public enum BadgeKind
{
    Soft,
    Good,
    Warn,
    Bad,
}

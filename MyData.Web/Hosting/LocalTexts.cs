using MyData.Core.Catalog;

namespace MyData.Web.Hosting;

public static class LocalTexts
{
    /// <summary>The text in the page's language.</summary>
    public static string Here(this LocalText text) => Languages.IsEnglish ? text.En : text.Zh;
}

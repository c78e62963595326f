namespace MyData.Web.Ui;

/// <summary>The few words that the kit says by itself; UiText.resx and UiText.en.resx beside it.</summary>
public sealed class UiText;

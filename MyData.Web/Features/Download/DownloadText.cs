namespace MyData.Web.Features.Download;

/// <summary>The texts of the download journey.</summary>
public sealed class DownloadText;

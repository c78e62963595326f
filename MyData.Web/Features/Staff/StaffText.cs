namespace MyData.Web.Features.Staff;

public sealed class StaffText;

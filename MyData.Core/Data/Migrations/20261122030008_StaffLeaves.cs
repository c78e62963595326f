using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class StaffLeaves : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "LeftAt",
                table: "staff",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "LinksAfter",
                table: "staff",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            // The invitation that each of them used stays used.
            migrationBuilder.Sql("UPDATE staff SET LinksAfter = CreatedAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "LeftAt",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "LinksAfter",
                table: "staff");
        }
    }
}

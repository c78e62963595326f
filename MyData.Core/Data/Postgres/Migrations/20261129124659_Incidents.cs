using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Incidents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "HealedFrom",
                table: "ledger_incidents",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<long>(
                name: "Idx",
                table: "ledger_incidents",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Place",
                table: "ledger_incidents",
                type: "text",
                nullable: true,
                collation: "C");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "HealedFrom",
                table: "ledger_incidents");

            migrationBuilder.DropColumn(
                name: "Idx",
                table: "ledger_incidents");

            migrationBuilder.DropColumn(
                name: "Place",
                table: "ledger_incidents");
        }
    }
}

using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Counting : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_transfers_CitizenId",
                table: "transfers");

            migrationBuilder.DropIndex(
                name: "IX_consents_CitizenId",
                table: "consents");

            migrationBuilder.CreateIndex(
                name: "IX_transfers_CitizenId_State",
                table: "transfers",
                columns: new[] { "CitizenId", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_consents_CitizenId_DecidedAt",
                table: "consents",
                columns: new[] { "CitizenId", "DecidedAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_transfers_CitizenId_State",
                table: "transfers");

            migrationBuilder.DropIndex(
                name: "IX_consents_CitizenId_DecidedAt",
                table: "consents");

            migrationBuilder.CreateIndex(
                name: "IX_transfers_CitizenId",
                table: "transfers",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_consents_CitizenId",
                table: "consents",
                column: "CitizenId");
        }
    }
}

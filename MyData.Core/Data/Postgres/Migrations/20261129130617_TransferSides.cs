using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class TransferSides : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "transfer_sides",
                columns: table => new
                {
                    ReportId = table.Column<Guid>(type: "uuid", nullable: false),
                    TransferId = table.Column<Guid>(type: "uuid", nullable: true),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: true),
                    ConsentId = table.Column<Guid>(type: "uuid", nullable: true),
                    Operation = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Client = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    DataSetId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    From = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Fields = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Seals = table.Column<bool>(type: "boolean", nullable: false),
                    Reports = table.Column<bool>(type: "boolean", nullable: false),
                    CalledAt = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    DueAt = table.Column<long>(type: "bigint", nullable: true),
                    Result = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Seal = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ReportedAt = table.Column<long>(type: "bigint", nullable: true),
                    ReportedTime = table.Column<long>(type: "bigint", nullable: true),
                    ReportedResult = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ReportedSeal = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Found = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Differences = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Told = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_transfer_sides", x => x.ReportId);
                });

            migrationBuilder.CreateIndex(
                name: "IX_transfer_sides_CitizenId",
                table: "transfer_sides",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_transfer_sides_Client_ReportId",
                table: "transfer_sides",
                columns: new[] { "Client", "ReportId" });

            migrationBuilder.CreateIndex(
                name: "IX_transfer_sides_State_DueAt",
                table: "transfer_sides",
                columns: new[] { "State", "DueAt" });

            migrationBuilder.CreateIndex(
                name: "IX_transfer_sides_TransferId",
                table: "transfer_sides",
                column: "TransferId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "transfer_sides");
        }
    }
}

using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class Ledger : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ledger_checkpoints",
                columns: table => new
                {
                    Log = table.Column<int>(type: "INTEGER", nullable: false),
                    Size = table.Column<long>(type: "INTEGER", nullable: false),
                    Root = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Note = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_checkpoints", x => new { x.Log, x.Size });
                });

            migrationBuilder.CreateTable(
                name: "ledger_counters",
                columns: table => new
                {
                    CitizenId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Log = table.Column<int>(type: "INTEGER", nullable: false),
                    Next = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_counters", x => new { x.CitizenId, x.Log });
                });

            migrationBuilder.CreateTable(
                name: "ledger_entries",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Log = table.Column<int>(type: "INTEGER", nullable: false),
                    Idx = table.Column<long>(type: "INTEGER", nullable: true),
                    Bytes = table.Column<byte[]>(type: "BLOB", nullable: false),
                    EventId = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_entries", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ledger_incidents",
                columns: table => new
                {
                    Digest = table.Column<byte[]>(type: "BLOB", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Code = table.Column<string>(type: "TEXT", nullable: false),
                    Message = table.Column<string>(type: "TEXT", nullable: false),
                    Witness = table.Column<string>(type: "TEXT", nullable: true),
                    Ours = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Theirs = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_incidents", x => x.Digest);
                });

            migrationBuilder.CreateTable(
                name: "ledger_logs",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Origin = table.Column<string>(type: "TEXT", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_logs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "ledger_people",
                columns: table => new
                {
                    CitizenId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Key = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_people", x => x.CitizenId);
                });

            migrationBuilder.CreateTable(
                name: "ledger_tags",
                columns: table => new
                {
                    Tag = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Entry = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_tags", x => x.Tag);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entries_EventId",
                table: "ledger_entries",
                column: "EventId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entries_Log_Idx",
                table: "ledger_entries",
                columns: new[] { "Log", "Idx" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ledger_entries_waiting",
                table: "ledger_entries",
                column: "Log",
                filter: "\"Idx\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_ledger_incidents_At",
                table: "ledger_incidents",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_ledger_logs_Year",
                table: "ledger_logs",
                column: "Year",
                unique: true);

            foreach (var trigger in LedgerTriggers.Create)
                migrationBuilder.Sql(trigger);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ledger_checkpoints");

            migrationBuilder.DropTable(
                name: "ledger_counters");

            migrationBuilder.DropTable(
                name: "ledger_entries");

            migrationBuilder.DropTable(
                name: "ledger_incidents");

            migrationBuilder.DropTable(
                name: "ledger_logs");

            migrationBuilder.DropTable(
                name: "ledger_people");

            migrationBuilder.DropTable(
                name: "ledger_tags");
        }
    }
}

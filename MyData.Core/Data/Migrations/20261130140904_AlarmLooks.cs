using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class AlarmLooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alarm_looks",
                columns: table => new
                {
                    Alarm = table.Column<Guid>(type: "TEXT", nullable: false),
                    Staff = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alarm_looks", x => new { x.Alarm, x.Staff });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alarm_looks");
        }
    }
}

using System.Globalization;
using ExtRa.Messages.Store;
using TestKit;

namespace ExtRa.Messages.Tests.Store;

/// <summary>
/// Rows whose text lies in a large object, as legacy programs of version 6 keep it in PostgreSQL (WIRE.md 1.3, FLAWS.md
/// F12). The legacy client is played by the statements that Hibernate sends: each write makes an object and forgets the last.
/// </summary>
[TestClass]
public sealed class LargeObjectTests
{
    private const string Key = "41";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    [TestMethod]
    public async Task Flaw_F12_Both_forms_are_read_and_an_answer_is_kept_as_its_request()
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.Inline);
        await using MessageDatabase here = database;
        await WriteAsync(connection, "<java>in an object</java>");
        await RunAsync(connection, "insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('51', 2, '<java>in the row</java>', 'b', 2, 1, 1)");

        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync(here);
        CollectionAssert.AreEqual((string[])["<java>in an object</java>", "<java>in the row</java>"], claimed.Select(one => one.Message).ToArray());
        foreach (ClaimedMessage one in claimed)
        {
            Assert.IsTrue(await here.Messages.AnswerAsync(AnswerTo(one, $"<java>answer to {one.UniqueId}</java>"), Cancel));
            Assert.AreEqual($"<java>answer to {one.UniqueId}</java>", (await here.Messages.FindAsync(one.UniqueId, Cancel))!.Message);
            Assert.AreEqual($"<java>answer to {one.UniqueId}</java>", (await here.Messages.WaitForAnswerAsync(one.UniqueId, Eventually.Patience, Cancel))!.Message);
        }

        Assert.AreEqual("<java>answer to 51</java>", await RunAsync(connection, "select message from message where uniqueid = '51'"));
        Assert.AreEqual("<java>answer to 41</java>", await RunAsync(connection, "select convert_from(lo_get(message::oid), 'UTF8') from message where uniqueid = '41'"));
        Assert.AreEqual("1", await CountObjectsAsync(connection), "the object of the request is gone");
    }

    [TestMethod]
    public async Task Flaw_F12_No_object_is_left_over_after_a_thousand_updates()
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.LargeObject);
        await using MessageDatabase here = database;
        const int updates = 500; // by each side
        for (int update = 0; update < updates; update++)
        {
            await WriteAsync(connection, $"<java>request {update}</java>");
            ClaimedMessage claimed = (await ClaimAsync(here)).Single();
            Assert.AreEqual($"<java>request {update}</java>", claimed.Message);
            Assert.AreEqual(1, claimed.Attempts, "each request has all its attempts");
            Assert.IsTrue(await here.Messages.AnswerAsync(AnswerTo(claimed, $"<java>answer {update}</java>"), Cancel));
        }

        Assert.AreEqual("1", await CountObjectsAsync(connection));
        Assert.AreEqual($"<java>answer {updates - 1}</java>", (await here.Messages.FindAsync(Key, Cancel))!.Message);
        Assert.AreEqual(1, await here.Messages.PurgeAsync(TimeSpan.Zero, 10, Cancel));
        Assert.AreEqual("0", await CountObjectsAsync(connection));
    }

    [TestMethod]
    public async Task An_answer_to_a_request_that_was_replaced_leaves_nothing_behind()
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.LargeObject);
        await using MessageDatabase here = database;
        await WriteAsync(connection, "<java>first</java>");
        ClaimedMessage claimed = (await ClaimAsync(here)).Single();
        await WriteAsync(connection, "<java>second</java>");

        Assert.IsFalse(await here.Messages.AnswerAsync(AnswerTo(claimed, "<java>answer to the first</java>"), Cancel));
        Assert.AreEqual("2", await CountObjectsAsync(connection), "the two that the client made");
        Assert.AreEqual("<java>second</java>", (await ClaimAsync(here)).Single().Message);
    }

    [TestMethod]
    public async Task Our_own_documents_become_objects_where_it_is_asked_for_and_native_messages_never()
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.LargeObject);
        await using MessageDatabase here = database;
        var document = new NewMessage("971", "a", MessageType.ExtRa, "<java>ours</java>", new string('a', 64));
        var native = new NewMessage("x2-1", "n", MessageType.ExtRa, "TUVTU0FHRQ==", new string('b', 64));

        CreateResult[] created = await Task.WhenAll(here.Messages.CreateAsync(document, Cancel), here.Messages.CreateAsync(native, Cancel));
        CollectionAssert.AreEqual((CreateResult[])[CreateResult.Created, CreateResult.Created], created);
        Assert.AreEqual(CreateResult.AlreadyThere, await here.Messages.CreateAsync(document, Cancel));
        Assert.AreEqual(CreateResult.Conflict, await here.Messages.CreateAsync(document with { RequestDigest = new string('c', 64) }, Cancel));

        Assert.AreEqual("1", await CountObjectsAsync(connection), "a message that is refused leaves no object");
        Assert.AreEqual("TUVTU0FHRQ==", await RunAsync(connection, "select message from message where uniqueid = 'x2-1'"));
        Assert.AreEqual("<java>ours</java>", (await here.Messages.FindAsync("971", Cancel))!.Message);
        Assert.HasCount(2, await here.Messages.ExpireAsync(TimeSpan.FromSeconds(-1), 10, Cancel));
        Assert.AreEqual("0", await CountObjectsAsync(connection));
    }

    [TestMethod]
    [DataRow("4294967295", DisplayName = "no such object")]
    [DataRow("9999999999", DisplayName = "beyond all numbers")]
    [DataRow("0", DisplayName = "zero")]
    public async Task A_number_that_leads_nowhere_keeps_nobody_from_being_served(string number)
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.Inline);
        await using MessageDatabase here = database;
        await RunAsync(connection, $"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('41', 1, '{number}', 'a', 1, 1, 1), ('51', 2, '<java/>', 'b', 2, 1, 1)");
        IReadOnlyList<ClaimedMessage> claimed = await ClaimAsync(here);
        CollectionAssert.AreEqual((string[])[number, "<java/>"], claimed.Select(one => one.Message).ToArray());
        Assert.IsTrue(await here.Messages.AnswerAsync(AnswerTo(claimed[0], "<java>cannot be read</java>"), Cancel));
    }

    [TestMethod]
    public async Task An_object_that_is_no_text_keeps_nobody_from_being_served()
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.Inline);
        await using MessageDatabase here = database;
        await RunAsync(connection, @"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('41', 1, lo_from_bytea(0, '\xFFFE'::bytea)::text, 'a', 1, 1, 1), ('51', 2, '<java/>', 'b', 2, 1, 1)");
        Assert.HasCount(2, await ClaimAsync(here));
    }

    /// <summary>A writer of rows names the object of somebody else, and has the worker remove it.</summary>
    [TestMethod]
    [DataRow(true, DisplayName = "as the request")]
    [DataRow(false, DisplayName = "as the answer before")]
    public async Task An_object_that_another_row_names_is_not_removed(bool asRequest)
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.Inline);
        await using MessageDatabase here = database;
        await WriteAsync(connection, "<java>of the victim</java>");
        await RunAsync(connection, "update message set type = 2, createtime = 9000000000000, modifytime = 9000000000000"); // another worker's, so that it waits
        string number = await RunAsync(connection, $"select message from message where uniqueid = '{Key}'");
        string life = "life-" + new string('0', 48) + "-" + number.PadLeft(10, '0');
        await RunAsync(connection, $"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type, requestdigest) values ('51', 2, '{(asRequest ? number : "<java/>")}', 'b', 2, 1, 1, {(asRequest ? "null" : $"'{life}'")})");

        ClaimedMessage claimed = (await ClaimAsync(here)).Single();
        Assert.IsTrue(await here.Messages.AnswerAsync(AnswerTo(claimed, "<java>answer</java>"), Cancel));
        await RunAsync(connection, $"update message set message = '{number}' where uniqueid = '51'");
        Assert.AreEqual(1, await here.Messages.PurgeAsync(TimeSpan.FromSeconds(-1), 10, Cancel));
        await RunAsync(connection, $"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('61', 2, '{number}', 'b', 2, 1, 1)");
        Assert.HasCount(1, (await here.Messages.ExpireAsync(TimeSpan.FromDays(1), 1, Cancel)).ToArray());

        Assert.AreEqual("<java>of the victim</java>", (await here.Messages.FindAsync(Key, Cancel))!.Message);
    }

    /// <summary>docs/OPERATING.md: an object belongs to the role that made it, so the worker takes the role of the legacy programs.</summary>
    [TestMethod]
    public async Task A_worker_that_takes_the_role_of_the_legacy_programs_shares_its_objects_with_them()
    {
        (string connection, MessageDatabase owner) = await OpenAsync(LegacyText.Inline);
        await owner.DisposeAsync();
        string role = "legacy_ra_" + Guid.NewGuid().ToString("N")[..8];
        await RunAsync(connection, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "roles.sql"), Cancel));
        await RunAsync(connection, $"create role {role} nologin; grant select, insert, update, delete on message to {role}; grant pki_worker to {role}");
        try
        {
            await using MessageDatabase worker = OpenAs(connection, role);
            for (int i = 0; i < 3; i++)
            {
                await RunAsync(connection, $"set role {role}; insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('{Key}', 1, lo_from_bytea(0, '<java>{i}</java>'::bytea)::text, 'a', 1, 1, 1) on conflict (uniqueid) do update set message = excluded.message, status = 1");
                ClaimedMessage claimed = (await ClaimAsync(worker)).Single();
                Assert.AreEqual($"<java>{i}</java>", claimed.Message);
                Assert.IsTrue(await worker.Messages.AnswerAsync(AnswerTo(claimed, $"<java>answer {i}</java>"), Cancel));
                Assert.Contains($"<java>answer {i}</java>", await RunAsync(connection, $"set role {role}; select convert_from(lo_get(message::oid), 'UTF8') from message"));
            }

            Assert.AreEqual("1", await CountObjectsAsync(connection));

            // A worker under another role reads nothing of it, and is kept from nothing.
            await RunAsync(connection, $"update message set status = 1; insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) values ('51', 2, '<java/>', 'b', 2, 1, 1)");
            await using MessageDatabase stranger = OpenAs(connection, "pki_worker");
            IReadOnlyList<ClaimedMessage> seen = await ClaimAsync(stranger);
            Assert.HasCount(2, seen);
            Assert.AreEqual(seen[0].Column, seen[0].Message);
            Assert.IsTrue(await stranger.Messages.AnswerAsync(AnswerTo(seen[0], "<java>cannot be read</java>"), Cancel));
        }
        finally
        {
            await RunAsync(connection, $"drop owned by {role}; drop role {role}");
        }
    }

    private static MessageDatabase OpenAs(string connection, string role) =>
        MessageDatabase.Open(new() { ConnectionString = $"{connection};Options=-c role={role}" }, TimeProvider.System);

    /// <summary>Flaw A3: how long an object is is known when it was read.</summary>
    [TestMethod]
    public async Task Large_objects_are_claimed_fewer_at_a_time_and_each_of_them_comes()
    {
        (string connection, MessageDatabase database) = await OpenAsync(LegacyText.LargeObject);
        await using MessageDatabase here = database;
        await RunAsync(connection, $"insert into message (uniqueid, createtime, message, messageid, modifytime, status, type) select '{Key}' || n, n, lo_from_bytea(0, convert_to(repeat('x', {MessageLimits.MessageLength}), 'UTF8'))::text, 'a', 1, 1, 1 from generate_series(1, 6) as n");

        IReadOnlyList<ClaimedMessage> first = await ClaimAsync(here);
        Assert.HasCount(MessageLimits.ClaimLength / MessageLimits.MessageLength, first);
        IReadOnlyList<ClaimedMessage> second = await ClaimAsync(here);
        Assert.AreEqual(6, first.Concat(second).Select(one => one.UniqueId).Distinct(StringComparer.Ordinal).Count());
        Assert.IsTrue(first.Concat(second).All(one => one is { Attempts: 1, Message.Length: MessageLimits.MessageLength }), "what went back unread lost no attempt");
    }

    private static MessageAnswer AnswerTo(ClaimedMessage claimed, string answer) =>
        new(claimed.UniqueId, "worker", claimed.Epoch, claimed.Column ?? claimed.Message, answer) { NextLife = "life-" + new string('0', 48) + "-0000000000" };

    private async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(MessageDatabase database) =>
        [.. (await database.Messages.ClaimAsync(new("worker", Lease, 10, [MessageType.ExtRa]), Cancel)).OrderBy(one => one.UniqueId, StringComparer.Ordinal)];

    /// <summary>Stores a request as the legacy client does: a new object each time, the old number overwritten.</summary>
    private Task WriteAsync(string connection, string text) => RunAsync(
        connection,
        string.Create(CultureInfo.InvariantCulture, $"""
            insert into message (uniqueid, createtime, message, messageid, modifytime, status, type)
            values ('{Key}', 1, lo_from_bytea(0, '{text}'::bytea)::text, 'a', 1, 1, 1)
            on conflict (uniqueid) do update set message = excluded.message, status = 1, modifytime = 2
            """));

    private Task<string> CountObjectsAsync(string connection) => RunAsync(connection, "select count(*) from pg_largeobject_metadata");

    private async Task<string> RunAsync(string connection, string sql) => (await TestDatabases.RunPostgreSqlAsync(connection, sql, Cancel)).TrimEnd('\n');

    private async Task<(string Connection, MessageDatabase Database)> OpenAsync(LegacyText form)
    {
        string connection = await TestDatabases.NewPostgreSqlAsync(Cancel);
        MessageDatabase database = MessageDatabase.Open(new() { ConnectionString = connection, LegacyText = form }, TimeProvider.System);
        await database.CreateSchemaAsync(Cancel);
        return (connection, database);
    }
}

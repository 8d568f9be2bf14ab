using System.Security.Cryptography;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;
using Pki.Protocols.Cms;
using Pki.Protocols.Tests.X509;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Protocols.Tests.Cmp;

/// <summary>Protection of whole messages (RFC 9810 §5.1.3, CMP-S-6 to S-10, CMP_PEERS.md V7, V15, V18).</summary>
[TestClass]
public sealed class MessageProtectionTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
    private static readonly PkiHeader Header = new() { SenderKeyId = new byte[] { 1 } };

    [TestMethod]
    public void Whatever_stands_in_the_parameters_is_refused_quietly_V7()
    {
        byte[]?[] values = [null, [0x05, 0x00], [0x02, 0x01, 0x00], [0x30, 0x00], Ber.Tlv(0x04, new byte[10_000]), Ber.Tlv(0x30, Ber.Tlv(0x30, Ber.Oid(Oids.Pbkdf2)), Ber.Tlv(0x30, Ber.Oid(Oids.HmacWithSha256)))];
        string[] algorithms = [Oids.PasswordBasedMac, Oids.Pbmac1, Oids.DhBasedMac, Oids.KemBasedMac, Oids.RsaPss, Oids.EcdsaWithSha256, Oids.Sha256WithRsa, "1.2.3"];
        foreach (string oid in algorithms)
        {
            foreach (byte[]? value in values)
            {
                var identifier = new AlgorithmIdentifier(oid, value is null ? default(ReadOnlyMemory<byte>?) : value);
                byte[] message = PkiMessage.Create(Header with { ProtectionAlgorithm = identifier }, new PkiBody.Confirmation()).WithProtection(new byte[32]).Encoded.ToArray();
                PkiMessage read = PkiMessage.Read(message).OrThrow();
                Assert.IsFalse(MessageProtection.VerifyMac(read, CmpFixture.Secret, CmpAlgorithmPolicy.Default).Succeeded(out _, out _), oid);
                Assert.IsNotNull(MessageProtection.ObjectionTo(read, CmpFixture.Client.PublicKey, CmpAlgorithmPolicy.Default), oid);
            }
        }
    }

    [TestMethod]
    public void Every_wrong_MAC_is_refused_with_the_same_words()
    {
        using MacKey key = PasswordBasedMac.Create(Salt, 100).DeriveKey(CmpFixture.Secret);
        PkiMessage message = MessageProtection.Mac(Header, new PkiBody.Confirmation(), key);
        byte[] right = message.Protection!.Value.ToArray();
        byte[][] wrong = [[], [0], right[..31], [.. right, 0], new byte[32], [.. right[..31], (byte)(right[31] ^ 1)]];
        foreach (byte[] mac in wrong)
        {
            Assert.IsFalse(MessageProtection.VerifyMac(message.WithProtection(mac), CmpFixture.Secret, CmpAlgorithmPolicy.Default).Succeeded(out _, out Refusal? refusal));
            Assert.AreSame(MessageProtection.Wrong, refusal);
        }

        Assert.IsFalse(MessageProtection.VerifyMac(PkiMessage.Create(message.Header, message.Body), CmpFixture.Secret, CmpAlgorithmPolicy.Default).Succeeded(out _, out Refusal? absent));
        Assert.AreSame(MessageProtection.Wrong, absent);
    }

    [TestMethod]
    public void A_key_serves_messages_with_its_own_parameters_and_no_others_V15()
    {
        using MacKey pbm = PasswordBasedMac.Create(Salt, 100).DeriveKey(CmpFixture.Secret);
        using MacKey other = Pbmac1.Create(Salt, 1000).DeriveKey(CmpFixture.Secret);
        PkiMessage message = MessageProtection.Mac(Header, new PkiBody.Confirmation(), pbm);
        Assert.IsNull(MessageProtection.ObjectionTo(message, pbm));
        Assert.IsNotNull(MessageProtection.ObjectionTo(message, other));
        Assert.IsNotNull(MessageProtection.ObjectionTo(message, CmpFixture.Client.PublicKey, CmpAlgorithmPolicy.Default), "a MAC is no signature");
        Assert.AreEqual("***", pbm.ToString());
    }

    [TestMethod]
    public void Protection_and_its_algorithm_come_together_or_not_at_all_as_CMP_H_5_says()
    {
        var algorithm = SignatureAlgorithm.EcdsaWithSha256;
        var bare = PkiMessage.Create(Header, new PkiBody.Confirmation());
        Assert.AreEqual(ProtectionKind.None, MessageProtection.Claim(bare).OrThrow().Kind);
        Assert.IsFalse(MessageProtection.Claim(bare.WithProtection(new byte[1])).Succeeded(out _, out _));
        Assert.IsFalse(MessageProtection.Claim(MessageProtection.PrepareToSign(Header, bare.Body, algorithm)).Succeeded(out _, out _));
        Assert.AreEqual(ProtectionKind.Signature, MessageProtection.Claim(MessageProtection.Sign(Header, bare.Body, CmpFixture.ClientKey, algorithm)).OrThrow().Kind);
        Assert.AreEqual(ProtectionKind.Mac, MessageProtection.Claim(CmpFixture.Message("ir")).OrThrow().Kind);
    }

    [TestMethod]
    public void A_signed_message_is_right_with_the_signers_key_alone()
    {
        (KeyPair Key, SignatureAlgorithm Algorithm)[] signers =
        [
            (ThrowawayPki.Ec, SignatureAlgorithm.EcdsaWithSha256), (ThrowawayPki.Ec, SignatureAlgorithm.EcdsaWithSha512),
            (ThrowawayPki.Rsa, SignatureAlgorithm.Sha256WithRsa), (ThrowawayPki.Rsa, SignatureAlgorithm.RsaPss(HashAlgorithmName.SHA384)),
        ];
        foreach ((KeyPair key, SignatureAlgorithm algorithm) in signers)
        {
            PkiMessage made = MessageProtection.Sign(Header, new PkiBody.Confirmation(), key, algorithm, [CmpCertificate.Of(CmpFixture.Ca)]);
            PkiMessage message = PkiMessage.Read(made.Encoded).OrThrow();
            Assert.IsNull(MessageProtection.ObjectionTo(message, key.Public, CmpAlgorithmPolicy.Default), algorithm.ToString());
            Assert.AreSame(MessageProtection.Wrong, MessageProtection.ObjectionTo(message, CmpFixture.Client.PublicKey, CmpAlgorithmPolicy.Default));
        }
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("3006020100020100", DisplayName = "r and s are 0")]
    [DataRow("30060201FF0201FF", DisplayName = "r and s are negative")]
    [DataRow("3000", DisplayName = "an empty SEQUENCE")]
    public void Signatures_of_nothing_are_wrong_V18(string signature)
    {
        PkiMessage message = MessageProtection.PrepareToSign(Header, new PkiBody.Confirmation(), SignatureAlgorithm.EcdsaWithSha256).WithProtection(Convert.FromHexString(signature));
        Assert.AreSame(MessageProtection.Wrong, MessageProtection.ObjectionTo(message, CmpFixture.Client.PublicKey, CmpAlgorithmPolicy.Default));
    }

    [TestMethod]
    public void SHA_1_and_MD5_are_believed_only_when_the_policy_says_so_as_CMP_S_8_wants()
    {
        foreach (HashAlgorithmName old in new[] { HashAlgorithmName.SHA1, HashAlgorithmName.MD5 })
        {
            PkiMessage message = MessageProtection.Sign(Header, new PkiBody.Confirmation(), ThrowawayPki.Rsa, SignatureAlgorithm.RsaPkcs1(old));
            Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, MessageProtection.ObjectionTo(message, ThrowawayPki.Rsa.Public, CmpAlgorithmPolicy.Default)?.Code);
            Assert.IsNull(MessageProtection.ObjectionTo(message, ThrowawayPki.Rsa.Public, new() { Digests = DigestPolicy.Legacy }));
        }
    }

    [TestMethod]
    public void EdDSA_is_unsupported_by_name_as_CMP_S_8_says()
    {
        PkiMessage message = PkiMessage.Create(Header with { ProtectionAlgorithm = new(Oids.Ed25519) }, new PkiBody.Confirmation()).WithProtection(new byte[64]);
        Assert.AreEqual(RefusalCode.UnsupportedAlgorithm, MessageProtection.ObjectionTo(message, CmpFixture.Client.PublicKey, CmpAlgorithmPolicy.Default)?.Code);
    }
}

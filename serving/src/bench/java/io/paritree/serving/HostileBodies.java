package io.paritree.serving;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Bodies that are made to do harm: numbers, text, depth, length, repetition, compression bombs. */
final class HostileBodies {
  private static final String[] VALUES = {
    "1e400",
    "-1e400",
    "1e-400",
    "1e999999999",
    "-0",
    "-0.0",
    "NaN",
    "Infinity",
    "+1",
    "01",
    ".5",
    "1.",
    "0x1",
    "1e",
    "--1",
    "9007199254740993",
    "3.4028236e38",
    "1e38",
    "-1e39",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\"\\",
    "\"1\"",
    "true",
    "[]",
    "{}",
    "nul",
    "'1'",
    "1 1",
    "1,,",
  };
  // Overlong, beyond Unicode, cut short, a surrogate as UTF-8, a lone continuation byte.
  private static final String[] BAD_UTF8 = {
    "c080", "c1bf", "f5808080", "e282", "eda080", "80", "ff"
  };

  private HostileBodies() {}

  static List<byte[]> all() {
    List<String> texts = new ArrayList<>();
    for (String value : VALUES) {
      texts.add("{\"weight\":" + value + "}");
      texts.add("[{\"weight\":1},{\"weight\":" + value + "}]");
      texts.add("{\"inputs\":{\"weight\":[" + value + "]}}");
    }

    texts.add("{\"weight\":1,\"weight\":2}");
    texts.add("{\"weight\":1,\"we\\u0069ght\":2}");
    texts.add("{\"weight\":1}{\"weight\":2}");
    texts.add("{\"weight\":1}]");
    texts.add("\ufeff{\"weight\":1}");
    texts.add("{\"\":1}");
    texts.add("{\"__proto__\":{\"weight\":1},\"constructor\":1}");
    texts.add("{\"@type\":\"java.net.URL\",\"val\":\"http://127.0.0.1\"}");
    texts.add("{\"weight\":\"${jndi:ldap://127.0.0.1/a}\"}");
    texts.add("");
    texts.add(" ".repeat(100_000));
    texts.add("{\"weight\":" + "9".repeat(100_000) + "}");
    texts.add("{\"weight\":0." + "0".repeat(100_000) + "1e100000}");
    texts.add("{\"" + "k".repeat(100_000) + "\":1}");
    texts.add("{\"weight\":\"" + "v".repeat(500_000) + "\"}");
    texts.add("[" + "{},".repeat(10_001) + "{}]");
    texts.add("[" + "1,".repeat(100_000) + "1]");
    texts.add("{" + "\"weight\":1,".repeat(20_000) + "\"weight\":1}");
    texts.add("x".repeat((1 << 20) + 1));
    for (int depth = 10; depth <= 100_000; depth *= 10) {
      texts.add("[".repeat(depth));
      texts.add("{\"weight\":" + "[".repeat(depth) + "]".repeat(depth) + "}");
      texts.add("{\"a\":".repeat(depth) + "1" + "}".repeat(depth));
    }

    List<byte[]> all = new ArrayList<>();
    texts.forEach(text -> all.add(text.getBytes(UTF_8)));
    for (String bad : BAD_UTF8) {
      all.add(around(HexFormat.of().parseHex(bad)));
    }

    all.add("{\"weight\":1}".getBytes(UTF_16LE));
    all.add(new byte[10_000]);
    all.add(bomb());
    return all;
  }

  private static byte[] around(byte[] bad) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("{\"zone\":1,\"carrier\":\"a".getBytes(UTF_8));
    body.writeBytes(bad);
    body.writeBytes("\"}".getBytes(UTF_8));
    return body.toByteArray();
  }

  /** Returns 10 MB of spaces, compressed with gzip. */
  static byte[] bomb() {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
      zip.write(" ".repeat(10_000_000).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return packed.toByteArray();
  }
}

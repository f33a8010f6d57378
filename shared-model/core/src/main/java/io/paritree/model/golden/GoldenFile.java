package io.paritree.model.golden;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.CorruptModelException;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The golden rows of a package, as stored in {@code golden.jsonl}.
 *
 * <p>One line per row: {@code {"record":{...},"margins":["3f000000"],"leaves":[3,5]}}. The record
 * is raw, as a caller would send it; a margin is its 32 bits in hexadecimal, so that the comparison
 * with libxgboost does not depend on how numbers are written or read as text. Some rows have {@code
 * "contributions"} too, in the same form.
 */
public final class GoldenFile {

  private static final String RECORD = "record";
  private static final String MARGINS = "margins";
  private static final String LEAVES = "leaves";
  private static final String CONTRIBUTIONS = "contributions";
  private static final int MAX_ROWS = 10_000;
  private static final Pattern BITS = Pattern.compile("[0-9a-f]{8}");

  private GoldenFile() {}

  public static byte[] write(List<GoldenRow> rows) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (GoldenRow row : rows) {
      content.writeBytes(
          JsonText.compact(
              JsonText.object(
                  out -> {
                    out.writeFieldName(RECORD);
                    out.writeRawValue(new String(row.record(), StandardCharsets.UTF_8));
                    write(out, MARGINS, row.marginBits());
                    out.writeFieldName(LEAVES);
                    out.writeArray(row.leaves(), 0, row.leaves().length);
                    if (row.hasContributions()) {
                      write(out, CONTRIBUTIONS, row.contributionBits());
                    }
                  })));
      content.write('\n');
    }

    return content.toByteArray();
  }

  private static void write(JsonGenerator out, String member, int[] values) throws IOException {
    out.writeArrayFieldStart(member);
    for (int bits : values) {
      out.writeString(HexFormat.of().toHexDigits(bits));
    }

    out.writeEndArray();
  }

  /**
   * Reads golden rows; at least one.
   *
   * @param origin names the file in messages
   */
  public static List<GoldenRow> parse(String origin, byte[] content) throws CorruptModelException {
    List<GoldenRow> rows = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < content.length; at++) {
      if (content[at] == '\n') {
        String line = origin + " line " + (rows.size() + 1);
        rows.add(row(line, Arrays.copyOfRange(content, start, at)));
        start = at + 1;
      }
    }

    if (rows.isEmpty() || rows.size() > MAX_ROWS || start != content.length) {
      throw new CorruptModelException(
          "Cannot read %s: got %s whole lines, expected 1 to %s and nothing after them"
              .formatted(origin, rows.size(), MAX_ROWS));
    }

    return rows;
  }

  private static GoldenRow row(String origin, byte[] line) throws CorruptModelException {
    List<byte[]> record = new ArrayList<>();
    List<Integer> margins = new ArrayList<>();
    List<Integer> leaves = new ArrayList<>();
    List<Integer> contributions = new ArrayList<>();
    try {
      StrictJson json = new StrictJson(origin, line);
      json.document(
          () ->
              json.object(
                  Map.of(
                      RECORD, () -> record.add(json.raw()),
                      MARGINS, () -> json.list(() -> margins.add(bits(json))),
                      LEAVES,
                          () ->
                              json.list(() -> leaves.add((int) json.integer(0, Integer.MAX_VALUE))),
                      CONTRIBUTIONS, () -> json.list(() -> contributions.add(bits(json)))),
                  Set.of(RECORD, MARGINS, LEAVES)));
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }

    return new GoldenRow(record.get(0), ints(margins), ints(leaves), ints(contributions));
  }

  private static int bits(StrictJson json) throws BrokenJsonException {
    String text = json.text();
    if (!BITS.matcher(text).matches()) {
      throw json.wrong("8 hexadecimal digits");
    }

    return HexFormat.fromHexDigits(text);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}

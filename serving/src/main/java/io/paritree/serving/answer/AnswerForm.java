package io.paritree.serving.answer;

import io.paritree.model.manifest.Outputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * How one row's scores are written, for one model or one partition of stored scores.
 *
 * <p>A single score is {@code "score":x}; several are {@code "scores":{"name":x,...}} under the
 * names of the outputs. Classes add {@code "label"}. Each number reads back to the same {@code
 * float}. Immutable and thread-safe.
 */
public final class AnswerForm {
  /** The longest {@code float} in an answer, such as -1.1754944E-38, and a comma. */
  public static final int NUMBER_BYTES = 16;

  private static final byte[] SCORE = ascii("\"score\":");
  private static final byte[] SCORES = ascii("\"scores\":{");
  private static final byte[] MARGIN = ascii(",\"margin\":");
  private static final byte[] MARGINS = ascii(",\"margins\":{");
  private static final byte[] LABEL = ascii(",\"label\":");

  private final Outputs outputs;
  private final byte[][] names;
  private final long nameBytes;
  private final long labelBytes;

  /**
   * @param outputs what the model's scores are called and mean
   */
  public AnswerForm(Outputs outputs) {
    this.outputs = outputs;
    this.names = keys(outputs.names());
    this.nameBytes = Stream.of(names).mapToLong(name -> name.length).sum();
    this.labelBytes =
        outputs.classes().stream()
            .mapToLong(label -> JsonBytes.quoted(label).length)
            .max()
            .orElse(0);
  }

  /** Returns the form of scores with these names, which have no label. */
  public static AnswerForm of(List<String> names) {
    return new AnswerForm(new Outputs(names, Outputs.Kind.VALUES, List.of(), 0));
  }

  private static byte[][] keys(List<String> names) {
    byte[][] keys = new byte[names.size()][];
    for (int index = 0; index < keys.length; index++) {
      String comma = index == 0 ? "" : ",";
      keys[index] =
          new JsonBytes().raw(comma).raw(JsonBytes.quoted(names.get(index))).raw(':').toByteArray();
    }

    return keys;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns about how many bytes a row's result takes at most.
   *
   * @param marginCount number of margins of a row; 0 if they are not requested
   */
  public long rowBytes(int marginCount) {
    long marginNames = marginCount == 0 ? 0 : nameBytes;
    long numbers = (long) NUMBER_BYTES * (names.length + marginCount);
    return nameBytes + marginNames + numbers + labelBytes;
  }

  /**
   * Writes the members of a row's result.
   *
   * @param scores the row's scores start at {@code scoreAt}
   * @param margins the row's margins start at {@code marginAt}; null if they are not requested
   * @param marginCount number of margins of a row
   */
  public void write(
      float[] scores, int scoreAt, float[] margins, int marginAt, int marginCount, JsonBytes json) {
    if (names.length == 1) {
      json.raw(SCORE).number(scores[scoreAt]);
    } else {
      json.raw(SCORES);
      for (int index = 0; index < names.length; index++) {
        json.raw(names[index]).number(scores[scoreAt + index]);
      }

      json.raw('}');
    }

    outputs.label(scores, scoreAt).ifPresent(label -> json.raw(LABEL).string(label));
    if (margins != null) {
      writeMargins(margins, marginAt, marginCount, json);
    }
  }

  private void writeMargins(float[] margins, int at, int count, JsonBytes json) {
    if (count == 1) {
      json.raw(MARGIN).number(margins[at]);
      return;
    }

    // A class index has one score but a margin per class, which has no name.
    json.raw(MARGINS);
    for (int index = 0; index < count; index++) {
      if (names.length == count) {
        json.raw(names[index]);
      } else {
        json.raw(index == 0 ? "\"" : ",\"").number(index).raw("\":");
      }

      json.number(margins[at + index]);
    }

    json.raw('}');
  }
}

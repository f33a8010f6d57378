package io.paritree.proof;

import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import io.paritree.proof.TriedRecord.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** How tensors of the Open Inference Protocol have their data. */
enum TensorForm {
  /** In the JSON. */
  V2("application/json"),
  /**
   * As bytes after the JSON, in both directions: Triton's extension. A tensor is in the JSON all
   * the same if it has what bytes cannot say: no text, no truth, or a number of too many digits.
   */
  V2_BINARY("application/octet-stream");

  private static final Pattern WHOLE = Pattern.compile("-?[1-9][0-9]{0,17}|0");

  private final String type;

  /**
   * A request's body.
   *
   * @param json the length of the JSON at its start; empty if it is all JSON
   */
  record Body(byte[] bytes, OptionalInt json) {}

  /**
   * @param type of a request's content
   */
  TensorForm(String type) {
    this.type = type;
  }

  /** Returns what users call it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String type() {
    return type;
  }

  /** Returns why tensors cannot have a record. */
  static Optional<String> problem(TriedRecord record, List<Field> fields) {
    for (int field = 0; field < fields.size(); field++) {
      if (!record.isOfColumn(field, fields.get(field))) {
        return Optional.of(TriedRecord.OTHER_KIND);
      }
    }

    return Optional.empty();
  }

  /**
   * Returns whether a request with this record alone has all of its tensors as the form has them.
   */
  boolean isWhole(TriedRecord record, List<Field> fields) {
    return this == V2
        || IntStream.range(0, fields.size())
            .allMatch(field -> isBytes(record, field, fields.get(field)));
  }

  private static boolean isBytes(TriedRecord record, int field, Field of) {
    boolean isNumber = TriedRecord.columnKind(of) == Kind.NUMBER;
    return record.kind(field) == Kind.NONE
        ? isNumber
        : !isNumber || record.value(field).length() <= NumberText.MAX_LENGTH;
  }

  /** Returns a request with records that tensors can have. */
  Body body(List<TriedRecord> records, List<Field> fields) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    StringBuilder json = new StringBuilder("{\"inputs\":[");
    for (int at = 0; at < fields.size(); at++) {
      int field = at;
      boolean areBytes =
          this == V2_BINARY
              && records.stream().allMatch(record -> isBytes(record, field, fields.get(field)));
      json.append(field == 0 ? "" : ",")
          .append("{\"name\":")
          .append(TriedRecord.quoted(fields.get(field).column()))
          .append(",\"datatype\":\"");
      int before = data.size();
      String datatype =
          switch (TriedRecord.columnKind(fields.get(field))) {
            case TEXT -> "BYTES";
            case TRUTH -> "BOOL";
            default -> areBytes && areWhole(records, field) ? "INT64" : "FP64";
          };
      json.append(datatype).append("\",\"shape\":[").append(records.size()).append(']');
      if (!areBytes) {
        addJson(records, field, json);
      } else {
        for (TriedRecord record : records) {
          data.writeBytes(bytes(record, field, datatype));
        }

        json.append(",\"parameters\":{\"binary_data_size\":")
            .append(data.size() - before)
            .append('}');
      }

      json.append('}');
    }

    json.append(this == V2 ? "]}" : "],\"parameters\":{\"binary_data_output\":true}}");
    byte[] start = json.toString().getBytes(StandardCharsets.UTF_8);
    if (this == V2) {
      return new Body(start, OptionalInt.empty());
    }

    byte[] bytes =
        ByteBuffer.allocate(start.length + data.size()).put(start).put(data.toByteArray()).array();
    return new Body(bytes, OptionalInt.of(start.length));
  }

  private static boolean areWhole(List<TriedRecord> records, int field) {
    return records.stream().allMatch(record -> WHOLE.matcher(record.value(field)).matches());
  }

  private static void addJson(List<TriedRecord> records, int field, StringBuilder json) {
    json.append(",\"data\":[");
    for (int at = 0; at < records.size(); at++) {
      TriedRecord record = records.get(at);
      json.append(at == 0 ? "" : ",")
          .append(record.kind(field) == Kind.NONE ? "null" : record.value(field));
    }

    json.append(']');
  }

  /** Returns a value as an element of a tensor: little-endian, NaN for none. */
  private static byte[] bytes(TriedRecord record, int field, String datatype) {
    ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    String value = record.value(field);
    return switch (datatype) {
      case "INT64" -> number.putLong(Long.parseLong(value)).array();
      case "FP64" ->
          number
              .putDouble(record.kind(field) == Kind.NONE ? Double.NaN : Double.parseDouble(value))
              .array();
      case "BOOL" -> new byte[] {(byte) (Boolean.parseBoolean(value) ? 1 : 0)};
      default -> {
        byte[] text = record.text(field).getBytes(StandardCharsets.UTF_8);
        yield ByteBuffer.allocate(Integer.BYTES + text.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(text.length)
            .put(text)
            .array();
      }
    };
  }
}

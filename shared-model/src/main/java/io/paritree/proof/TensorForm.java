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

/** How tensors of the Open Inference Protocol have their data. */
enum TensorForm {
  /** In the JSON. */
  V2("application/json"),
  /** As bytes after the JSON, in both directions: Triton's extension. */
  V2_BINARY("application/octet-stream");

  private static final String NO_NONE =
      "a tensor of bytes has no missing text and no missing truth";
  private static final String TOO_LONG = "a double has no number that is too long";
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

  /** Returns why the form cannot have a record. */
  Optional<String> problem(TriedRecord record, List<Field> fields) {
    for (int field = 0; field < fields.size(); field++) {
      Kind column = TriedRecord.columnKind(fields.get(field));
      Kind kind = record.kind(field);
      if (!record.isOfColumn(field, fields.get(field))) {
        return Optional.of(TriedRecord.OTHER_KIND);
      } else if (this == V2_BINARY && kind == Kind.NONE && column != Kind.NUMBER) {
        return Optional.of(NO_NONE);
      } else if (this == V2_BINARY
          && kind == Kind.NUMBER
          && record.value(field).length() > NumberText.MAX_LENGTH) {
        return Optional.of(TOO_LONG);
      }
    }

    return Optional.empty();
  }

  /**
   * Returns a request with records that the form can have.
   *
   * @param outputs that it asks for, as JSON with commas between them; empty for the usual ones
   */
  Body body(List<TriedRecord> records, List<Field> fields, String outputs) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    StringBuilder json = new StringBuilder("{\"inputs\":[");
    for (int field = 0; field < fields.size(); field++) {
      json.append(field == 0 ? "" : ",")
          .append("{\"name\":")
          .append(TriedRecord.quoted(fields.get(field).column()))
          .append(",\"datatype\":\"");
      int before = data.size();
      String datatype =
          switch (TriedRecord.columnKind(fields.get(field))) {
            case TEXT -> "BYTES";
            case TRUTH -> "BOOL";
            default -> this == V2_BINARY && areWhole(records, field) ? "INT64" : "FP64";
          };
      json.append(datatype).append("\",\"shape\":[").append(records.size()).append(']');
      if (this == V2) {
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

    json.append(outputs.isEmpty() ? "]" : "],\"outputs\":[%s]".formatted(outputs));
    json.append(this == V2 ? "}" : ",\"parameters\":{\"binary_data_output\":true}}");
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

package io.paritree.model.golden;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.InvalidRowException;
import io.paritree.PublicApi;
import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordValues;
import io.paritree.record.UnknownFields;
import java.util.List;

/** Encodes a record that is a JSON object, as the server encodes a caller's record. */
@PublicApi
public final class JsonRecord {
  private static final int MAX_BYTES = 16 << 20;

  private JsonRecord() {}

  /**
   * Encodes a record.
   *
   * @param record a JSON object in UTF-8
   * @param slots {@code [at, at + width)} receive it
   * @throws InvalidRowException with all its faults
   */
  public static void encode(Schema schema, byte[] record, float[] slots, int at) {
    encode(schema, record, slots, at, null);
  }

  /**
   * Encodes a record as {@link #encode(Schema, byte[], float[], int)} does, and keeps its values.
   *
   * @param values receives them as record 0; null if they are not kept
   */
  public static void encode(
      Schema schema, byte[] record, float[] slots, int at, RecordValues values) {
    Faults faults = new Faults();
    JsonRecordReader reader = new JsonRecordReader(schema, UnknownFields.REJECT);
    if (values != null) {
      values.begin(0);
      reader.keepIn(values);
    }

    try (JsonDocument document = JsonDocument.of(record, MAX_BYTES)) {
      document.next();
      reader.read(document, slots, at, faults);
      document.end();
    } catch (MalformedJsonException e) {
      throw new InvalidRowException(
          List.of(new Fault(FaultCode.MALFORMED_RECORD, "", e.getMessage(), "a JSON object")));
    }

    if (!faults.isEmpty()) {
      throw new InvalidRowException(faults.list());
    }
  }
}

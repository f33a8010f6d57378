package io.paritree.serving.insight.sweep;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.insight.sweep.SweptPoints.Point;
import java.util.List;

/**
 * The record of a request.
 *
 * @param slots the slots of all fields; those of the field itself are not to be used if its own
 *     value has faults
 * @param own the record's own value of the field
 */
record SweptRecord(float[] slots, Point own) {

  /**
   * Reads the record of a body that was read before, and the values if there are some.
   *
   * @param index the index of the field in the schema's fields
   * @param schema the model's
   * @param reader of the model's records
   * @throws ProblemException with 400 if another field has a fault
   */
  static SweptRecord read(
      byte[] body,
      int index,
      Schema schema,
      SweptField field,
      SweptPoints points,
      JsonRecordReader reader)
      throws MalformedJsonException {
    float[] slots = new float[schema.width()];
    Faults faults = new Faults();
    RecordValues values = new RecordValues(schema.fields().size());
    values.begin(0);
    try (JsonDocument document = JsonDocument.of(body, 0, body.length)) {
      document.next();
      for (String name = document.member(); name != null; name = document.member()) {
        switch (name) {
          case SweepRequest.RECORD -> {
            reader.keepIn(values);
            reader.read(document, slots, 0, faults);
          }
          case SweepRequest.VALUES -> points.read(document, reader);
          default -> document.skip();
        }
      }
    } finally {
      reader.keepIn(null);
    }

    List<PointedFault> pointed =
        faults.list().stream().map(fault -> PointedFault.under("/record", fault)).toList();
    Field swept = field.rules().field();
    if (!faults.list().stream().allMatch(fault -> isOf(swept, fault))) {
      throw new ProblemException(Problems.invalidRecord(pointed, faults.count()));
    }

    Point own = new Point(SweptPoints.json(values, index), field.slots(slots), pointed);
    return new SweptRecord(slots, own);
  }

  /** Returns whether a fault is one of a field's value, which another value would not have. */
  private static boolean isOf(Field field, Fault fault) {
    return fault.field().equals(field.column()) && fault.code() != FaultCode.DUPLICATE_FIELD;
  }
}

package io.paritree.serving.openinference;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.openinference.InferRequest.Tensor;
import io.paritree.serving.request.RequestRows;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the elements of an inference request's tensors belong in the rows of slots.
 *
 * <p>Accepts one tensor of shape {@code [rows, features]} in the model's order, with any offsets
 * after the features, for models without text and timestamps, or one tensor of shape {@code [rows]}
 * or {@code [rows, 1]} per field, matched by name. Each element is encoded into its slots, and its
 * faults point to it. One per request; not thread-safe.
 */
final class TensorPlaces {
  private final RequestRows rows;
  private final Schema schema;
  private final List<Tensor> tensors;

  /** The field of each tensor; null if one tensor holds all features. */
  private final Field[] fields;

  /**
   * @throws ProblemException with 400 if the tensors' names or shapes do not fit the model
   */
  TensorPlaces(RequestRows rows, List<Tensor> tensors) {
    this.rows = rows;
    this.schema = rows.served().model().schema();
    this.tensors = tensors;
    this.fields = isMatrix() ? null : fields();
    if (fields == null && schema.fields().size() < schema.width()) {
      rows.keepNone(); // an element for each feature of a field, as no record has them
    }

    rows.announce(rowCount());
  }

  private boolean isMatrix() {
    Tensor tensor = tensors.get(0);
    int width = schema.width();
    boolean fits = tensor.shape().length == 2 && tensor.shape()[1] == width;
    boolean named = schema.fieldIndex(tensor.name()) >= 0;
    if (tensors.size() != 1 || named && !(fits && width > 1)) {
      return false;
    }

    if (!fits) {
      throw InferRequest.wrong(
          "the input",
          "one tensor of shape [rows, %s], or one tensor per field, by its name".formatted(width));
    }

    for (Feature feature : schema.features()) {
      if (feature.values().isText()) {
        throw InferRequest.wrong(
            "the input",
            "one tensor per field, because '%s' is not a number".formatted(feature.name()));
      }
    }

    if (tensor.datatype() == Datatype.BYTES) {
      throw InferRequest.wrong("the input", "numbers; BYTES need one tensor per field");
    }

    return true;
  }

  private Field[] fields() {
    Field[] found = new Field[tensors.size()];
    Set<String> unique = new HashSet<>();
    for (int index = 0; index < found.length; index++) {
      Tensor tensor = tensors.get(index);
      int field = schema.fieldIndex(tensor.name());
      if (field < 0 || !unique.add(tensor.name())) {
        String hint =
            schema.nearest(tensor.name()).map(near -> "; one is '" + near + "'").orElse("");
        throw InferRequest.wrong(
            "input " + index, "the name of a field of the model, each once" + hint);
      }

      if (tensor.perRow() != 1) {
        throw InferRequest.wrong("input " + index, "shape [rows] or [rows, 1]");
      }

      found[index] = schema.fields().get(field);
    }

    return found;
  }

  private int rowCount() {
    long count = tensors.get(0).rows();
    for (Tensor tensor : tensors) {
      if (tensor.rows() != count) {
        throw InferRequest.wrong("the inputs", "tensors with the same number of rows");
      }
    }

    return (int) count;
  }

  /** Returns whether the value of an element is kept. */
  boolean keeps(int index, int element) {
    RecordValues values = rows.values(row(index, element));
    return values != null && values.keeps(field(index, element));
  }

  private int field(int index, int element) {
    String column = fields == null ? feature(element).column() : fields[index].column();
    return schema.fieldIndex(column);
  }

  /**
   * Keeps the value of an element as it was given, if it {@link #keeps} it.
   *
   * @param text in UTF-8
   * @param literal whether it is a number or a boolean as JSON writes it
   */
  void keep(int index, int element, byte[] text, int offset, int length, boolean literal) {
    if (!keeps(index, element)) {
      return;
    }

    RecordValues values = rows.values(row(index, element));
    if (literal) {
      values.literal(field(index, element), text, offset, length);
    } else {
      values.text(field(index, element), text, offset, length);
    }
  }

  /**
   * Places a number.
   *
   * @param index which tensor
   * @param element which of its elements, counted row by row
   */
  void number(int index, int element, double value) {
    int row = row(index, element);
    if (fields == null) {
      set(row, element, feature(element).number(value, rows.faults()));
    } else {
      fields[index].number(value, rows.slots(), rows.at(row), rows.faults());
    }

    point(index, element, row);
  }

  /** Refuses a number whose text is too long; see {@link #number}. */
  void longNumber(int index, int element) {
    int row = row(index, element);
    if (fields == null) {
      set(row, element, feature(element).longNumber(rows.faults()));
    } else {
      fields[index].longNumber(rows.slots(), rows.at(row), rows.faults());
    }

    point(index, element, row);
  }

  /** Places a boolean; see {@link #number}. */
  void truth(int index, int element, boolean value) {
    int row = row(index, element);
    if (fields == null) {
      set(row, element, feature(element).truth(value, rows.faults()));
    } else {
      fields[index].truth(value, rows.slots(), rows.at(row), rows.faults());
    }

    point(index, element, row);
  }

  /** Places a missing value; see {@link #number}. */
  void missing(int index, int element) {
    int row = row(index, element);
    if (fields == null) {
      set(row, element, feature(element).missing(rows.faults()));
    } else {
      fields[index].missing(rows.slots(), rows.at(row), rows.faults());
    }

    point(index, element, row);
  }

  /** Places a text; see {@link #number}. No matrix has texts. */
  void text(int index, int element, byte[] utf8, int offset, int length) {
    int row = row(index, element);
    fields[index].text(utf8, offset, length, rows.slots(), rows.at(row), rows.faults());
    point(index, element, row);
  }

  /** Refuses an element that is not of its tensor's datatype; see {@link #number}. */
  void wrongType(int index, int element, String got) {
    int row = row(index, element);
    String column = fields == null ? feature(element).column() : fields[index].column();
    rows.faults()
        .add(
            new Fault(
                FaultCode.WRONG_TYPE,
                column,
                got,
                "a value of type " + tensors.get(index).datatype()));
    point(index, element, row);
  }

  /** Gives all rows missing values for the fields that no tensor has. */
  void fillMissing() {
    if (fields != null) {
      Set<String> given = new HashSet<>();
      tensors.forEach(tensor -> given.add(tensor.name()));
      for (Field field : schema.fields()) {
        if (!given.contains(field.column())) {
          rows.fillMissing(field, "/inputs");
        }
      }
    }
  }

  /** Returns the row of an element, and makes sure that it is there. */
  private int row(int index, int element) {
    int row = fields == null ? element / schema.width() : element;
    rows.reserve(row + 1);
    return row;
  }

  private Feature feature(int element) {
    return schema.features().get(element % schema.width());
  }

  private void set(int row, int element, float slot) {
    rows.slots()[rows.at(row) + element % schema.width()] = slot;
  }

  private void point(int index, int element, int row) {
    if (rows.isFaulty()) {
      rows.point(row, "/inputs/" + index + "/data/" + element);
    }
  }
}

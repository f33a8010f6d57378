package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.record.JsonList;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.openinference.InferRequest.Tensor;
import java.util.List;

/**
 * Reads the data that an inference request's tensors have in its JSON.
 *
 * <p>Data is flat or nested; null is a missing value. One per request; not thread-safe.
 */
record TensorReader(TensorPlaces places, List<Tensor> tensors) {
  /** Reads the data of all tensors that have it in the JSON, which has been read to its end. */
  void read(byte[] json) throws MalformedJsonException {
    for (int index = 0; index < tensors.size(); index++) {
      if (!tensors.get(index).isBinary()) {
        readData(new JsonList(json, tensors.get(index).dataAt()), index);
      }
    }
  }

  /** Reads the values, which are in one list or in one list per row. */
  private void readData(JsonList data, int index) throws MalformedJsonException {
    Tensor tensor = tensors.get(index);
    int perRow = (int) tensor.perRow();
    boolean nested = data.next() == JsonToken.START_ARRAY;
    for (int element = 0; element < tensor.elements(); element++) {
      if (nested && element % perRow == 0) {
        pass(JsonToken.START_ARRAY, data, index);
      }

      readElement(data, index, element);
      data.next();
      if (nested && element % perRow == perRow - 1) {
        pass(JsonToken.END_ARRAY, data, index);
      }
    }

    if (data.token() != JsonToken.END_ARRAY) {
      throw miscounted(index);
    }
  }

  private void pass(JsonToken bracket, JsonList data, int index) throws MalformedJsonException {
    if (data.token() != bracket) {
      throw miscounted(index);
    }

    data.next();
  }

  private ProblemException miscounted(int index) {
    Tensor tensor = tensors.get(index);
    return InferRequest.wrong(
        "the data of input " + index,
        "%s times %s values, as its shape says, in one list or in one list per row"
            .formatted(tensor.rows(), tensor.perRow()));
  }

  private void readElement(JsonList data, int index, int element) {
    if (data.token() == JsonToken.START_ARRAY || data.token() == JsonToken.END_ARRAY) {
      throw miscounted(index);
    }

    String kind = mismatch(data, tensors.get(index).datatype());
    if (kind != null) {
      places.wrongType(index, element, kind);
      return;
    }

    if (places.keeps(index, element) && data.token() != JsonToken.VALUE_NULL) {
      boolean literal = data.token() != JsonToken.VALUE_STRING;
      places.keep(index, element, data.bytes(), data.offset(), data.length(), literal);
    }

    switch (data.token()) {
      case VALUE_NULL -> places.missing(index, element);
      case VALUE_TRUE -> places.truth(index, element, true);
      case VALUE_FALSE -> places.truth(index, element, false);
      case VALUE_STRING -> places.text(index, element, data.bytes(), data.offset(), data.length());
      default -> {
        if (data.isLongNumber()) {
          places.longNumber(index, element);
        } else {
          places.number(index, element, data.number());
        }
      }
    }
  }

  /** Returns what kind of value came, if the datatype does not allow it; otherwise null. */
  private static String mismatch(JsonList data, Datatype datatype) {
    return switch (data.token()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE, VALUE_FALSE -> datatype == Datatype.BOOL ? null : "a boolean";
      case VALUE_STRING -> datatype == Datatype.BYTES ? null : "text";
      case VALUE_NUMBER_FLOAT ->
          data.isLongNumber() || datatype.admits(data.number()) ? null : "a number";
      default -> "an object";
    };
  }
}

package io.paritree.serving.openinference;

import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.openinference.InferRequest.Tensor;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads the data that an inference request's tensors have after its JSON: the binary tensor data
 * extension of the Open Inference Protocol.
 *
 * <p>Elements are little-endian, without gaps; a NaN is a missing value. A BYTES element is its
 * length in four bytes, and that many bytes of text in UTF-8. One per request; not thread-safe.
 */
record BinaryReader(TensorPlaces places, List<Tensor> tensors) {
  /**
   * Reads the data of all tensors that have it after the JSON.
   *
   * @param body holds the data from {@code at} to its end
   * @throws ProblemException with 400 if the sizes do not fit the tensors or the body
   */
  void read(byte[] body, int at) {
    int next = at;
    for (int index = 0; index < tensors.size(); index++) {
      Tensor tensor = tensors.get(index);
      if (tensor.isBinary()) {
        if (tensor.binarySize() > body.length - next) {
          throw InferRequest.wrong(
              "input " + index,
              ("%s bytes after the JSON, as its binary_data_size says; the body has %s after what"
                      + " Inference-Header-Content-Length gives as JSON")
                  .formatted(tensor.binarySize(), body.length - next));
        }

        int size = (int) tensor.binarySize();
        readTensor(index, ByteBuffer.wrap(body, next, size).order(ByteOrder.LITTLE_ENDIAN));
        next += size;
      }
    }

    if (next < body.length) {
      throw InferRequest.wrong(
          "the body",
          "nothing after the data of the tensors; it has %s bytes more"
              .formatted(body.length - next));
    }
  }

  private void readTensor(int index, ByteBuffer data) {
    Tensor tensor = tensors.get(index);
    int bytes = tensor.datatype().bytes();
    if (tensor.datatype() != Datatype.BYTES && data.remaining() != bytes * tensor.elements()) {
      throw miscounted(index);
    }

    for (int element = 0; element < tensor.elements(); element++) {
      if (tensor.datatype() == Datatype.BYTES) {
        readText(index, element, data);
      } else if (tensor.datatype() == Datatype.BOOL) {
        readTruth(index, element, data.get());
      } else {
        double number = number(tensor.datatype(), data);
        if (Double.isNaN(number)) {
          places.missing(index, element);
        } else {
          places.number(index, element, number);
          keep(index, element, number);
        }
      }
    }

    if (data.hasRemaining()) {
      throw miscounted(index);
    }
  }

  private static double number(Datatype datatype, ByteBuffer data) {
    return switch (datatype) {
      case UINT8 -> Byte.toUnsignedInt(data.get());
      case UINT16 -> Short.toUnsignedInt(data.getShort());
      case UINT32 -> Integer.toUnsignedLong(data.getInt());
      case UINT64 -> unsigned(data.getLong());
      case INT8 -> data.get();
      case INT16 -> data.getShort();
      case INT32 -> data.getInt();
      case INT64 -> data.getLong();
      case FP16 -> half(data.getShort());
      case FP32 -> data.getFloat();
      case FP64 -> data.getDouble();
      case BOOL, BYTES -> throw new IllegalArgumentException("not a number: " + datatype);
    };
  }

  /** Returns the nearest {@code double}; the lowest bit stays to decide a tie. */
  private static double unsigned(long bits) {
    return bits >= 0 ? bits : 2.0 * (bits >>> 1 | bits & 1);
  }

  /** Returns the value of a number in IEEE 754's binary16. */
  static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double size =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb(1.0 + fraction * 0x1p-10, exponent - 15);
        };
    return bits < 0 ? -size : size;
  }

  private void readTruth(int index, int element, byte value) {
    if (value == 0 || value == 1) {
      places.truth(index, element, value == 1);
      keepLiteral(index, element, String.valueOf(value == 1));
    } else {
      places.wrongType(index, element, "the byte " + Byte.toUnsignedInt(value));
    }
  }

  private void readText(int index, int element, ByteBuffer data) {
    if (data.remaining() < Integer.BYTES) {
      throw miscounted(index);
    }

    int length = data.getInt();
    if (length < 0 || length > data.remaining()) {
      throw miscounted(index);
    }

    places.text(index, element, data.array(), data.position(), length);
    places.keep(index, element, data.array(), data.position(), length, false);
    data.position(data.position() + length);
  }

  /** Keeps a number as the shortest text that means it in its tensor's datatype. */
  private void keep(int index, int element, double number) {
    if (!places.keeps(index, element) || Double.isInfinite(number)) {
      return;
    }

    String text =
        switch (tensors.get(index).datatype()) {
          case FP16, FP32 -> Float.toString((float) number);
          case FP64 -> Double.toString(number);
          default -> BigDecimal.valueOf(number).toBigInteger().toString();
        };
    keepLiteral(index, element, text);
  }

  private void keepLiteral(int index, int element, String text) {
    if (places.keeps(index, element)) {
      byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
      places.keep(index, element, ascii, 0, ascii.length, true);
    }
  }

  private ProblemException miscounted(int index) {
    Tensor tensor = tensors.get(index);
    String each =
        tensor.datatype() == Datatype.BYTES
            ? "each with its length in 4 bytes before it"
            : "of %s bytes each".formatted(tensor.datatype().bytes());
    return InferRequest.wrong(
        "the binary data of input " + index,
        "%s times %s values, as its shape says, %s"
            .formatted(tensor.rows(), tensor.perRow(), each));
  }
}

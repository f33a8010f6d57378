package io.paritree.spark.lookup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.lookup.LongRowException;
import io.paritree.lookup.ShardLayout;
import io.paritree.output.ReasonsForm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The columns of a row that are stored beside its scores, as members of a JSON object, each after a
 * comma: those that are passed in the object {@code columns}, since they may have any names, and
 * the job's own.
 *
 * <p>Floats and doubles read back to the same bits. Values that are not finite are text in passed
 * columns, and null in the job's own, as in all answers. Dates and timestamps are text, bytes are
 * base64. More than readers accept of a row is a {@link LongRowException}. Not thread-safe.
 */
final class MemberText {
  private final Bytes bytes = new Bytes();
  private final JsonGenerator json;
  private boolean isInPassed;

  MemberText() {
    try {
      this.json = new JsonFactory().setRootValueSeparator(null).createGenerator(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what the members of a row are written to, between {@link #begin} and {@link #end}. */
  JsonGenerator json() {
    return json;
  }

  /** Begins a row that has members. */
  void begin() throws IOException {
    bytes.reset();
    json.writeStartObject();
  }

  /**
   * Returns the name of the member for one of the job's columns: its own, but {@link
   * ReasonsForm#LIST} for the reasons, which answers have in another form.
   */
  static String name(String column) {
    return column.equals("reasons") ? ReasonsForm.LIST : column;
  }

  /** Begins the columns that are passed. */
  void beginPassed() throws IOException {
    json.writeObjectFieldStart("columns");
    isInPassed = true;
  }

  /** Returns whether the columns that are passed have begun and not ended. */
  boolean isInPassed() {
    return isInPassed;
  }

  /** Ends the columns that are passed. */
  void endPassed() throws IOException {
    json.writeEndObject();
    isInPassed = false;
  }

  /** Ends the row. */
  void end() throws IOException {
    json.writeEndObject();
    json.flush();
    bytes.makeMembers();
  }

  /** Returns the array that holds the members from index 0; valid until the next row. */
  byte[] array() {
    return bytes.array();
  }

  int length() {
    return bytes.size();
  }

  void number(float value) throws IOException {
    if (isInPassed || Float.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  void number(double value) throws IOException {
    if (isInPassed || Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  /** The text of an object, and then its members. */
  private static final class Bytes extends ByteArrayOutputStream {
    @Override
    public void write(byte[] more, int offset, int length) {
      if (length > ShardLayout.MAX_READ - count) {
        throw new LongRowException(
            "beside its key and scores, as JSON, a row",
            "more than " + ShardLayout.MAX_READ,
            ShardLayout.MAX_READ);
      }

      super.write(more, offset, length);
    }

    private byte[] array() {
      return buf;
    }

    /** Replaces the brace at the beginning by a comma, and removes the one at the end. */
    private void makeMembers() {
      buf[0] = ',';
      count--;
    }
  }
}

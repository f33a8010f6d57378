package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads the {@code cats} container of XGBoost 3.1 and later: the categories of each feature, in
 * code order.
 */
final class CategoriesReader {
  private static final int FLOAT32 = 7;
  private static final int FLOAT64 = 8;
  private static final int INT8 = 9;
  private static final int UINT8 = 10;
  private static final int INT16 = 11;
  private static final int UINT16 = 12;
  private static final int INT32 = 13;
  private static final int UINT32 = 14;
  private static final int INT64 = 15;
  private static final int UINT64 = 16;

  /** The minor versions of XGBoost 3 that cut names which are not ASCII. */
  private static final int FIRST_CUTTING = 1;

  private static final int LAST_CUTTING = 3;

  private CategoriesReader() {}

  /**
   * Returns the categories per feature, null where a feature has none; an empty list if the
   * container lists none.
   */
  static List<RecordedCategories> read(ModelDocument document) throws ModelException {
    List<RecordedCategories> byFeature = new ArrayList<>();
    boolean isListed = false;
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      if (!key.equals("enc")) {
        document.skip();
        continue;
      }

      isListed = true;
      document.beginArray();
      while (document.nextElement()) {
        byFeature.add(readFeature(document, byFeature.size()));
      }
    }

    if (!isListed) {
      throw document.corrupt("cats has no 'enc', which lists the categories of the features");
    }

    return byFeature;
  }

  /**
   * Text categories are stored as offsets and bytes, integers as a type and values. XGBoost sorts
   * its keys, so offsets come first and show that the values are bytes. If offsets come later or
   * are missing, the values are read as 64-bit numbers.
   */
  private static RecordedCategories readFeature(ModelDocument document, int feature)
      throws ModelException {
    int[] offsets = null;
    byte[] utf8 = null;
    long[] values = {};
    long type = 0;
    boolean hasValues = false;
    boolean hasType = false;
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "offsets" -> offsets = document.ints();
        case "values" -> {
          hasValues = true;
          if (offsets != null) {
            utf8 = document.bytes();
          } else {
            values = document.longs();
          }
        }
        case "type" -> {
          type = document.integer();
          hasType = true;
        }
        default -> document.skip();
      }
    }

    if (!hasValues || offsets == null && !hasType) {
      throw document.corrupt(
          "the categories of feature %s have %s"
              .formatted(feature, hasValues ? "neither 'offsets' nor a 'type'" : "no 'values'"));
    }

    if (offsets != null) {
      return texts(document, feature, offsets, utf8 == null ? lowestBytes(document, values) : utf8);
    }

    if (values == null) {
      throw type == FLOAT32 || type == FLOAT64
          ? ofType(feature, type)
          : document.corrupt(
              "the categories of feature %s are not whole numbers".formatted(feature));
    }

    return values.length == 0
        ? null
        : new RecordedCategories.Integers(integers(feature, type, values));
  }

  private static UnsupportedModelException ofType(int feature, long type) {
    return new UnsupportedModelException(
        "Cannot use the categories of feature %s: they are of type %s, expected text or whole"
                .formatted(feature, type)
            + " numbers (types 9 to 16)");
  }

  private static byte[] lowestBytes(ModelDocument document, long[] values)
      throws CorruptModelException {
    if (values == null) {
      throw document.corrupt("the bytes of text categories are not whole numbers");
    }

    byte[] bytes = new byte[values.length];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) values[at];
    }

    return bytes;
  }

  /**
   * Returns the names by the bytes that the offsets count.
   *
   * <p>XGBoost 3.1 to 3.3 count the characters of a pandas frame's names where bytes are meant
   * ({@code pd_cat_inf} in {@code python-package/xgboost/_data_utils.py} of 3.2), and write only as
   * many bytes. Names that are then cut inside a character are refused; where no name is, the file
   * looks like one of an Arrow frame, whose names are whole, and they are doubtful.
   */
  private static RecordedCategories texts(
      ModelDocument document, int feature, int[] offsets, byte[] utf8) throws ModelException {
    List<String> texts = new ArrayList<>();
    int broken = -1;
    for (int code = 0; code + 1 < offsets.length; code++) {
      int begin = offsets[code];
      int end = offsets[code + 1];
      if (begin < 0 || end < begin || end > utf8.length) {
        throw document.corrupt(
            "category %s of feature %s is at bytes [%s, %s), but there are %s bytes"
                .formatted(code, feature, begin, end, utf8.length));
      }

      try {
        texts.add(
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(utf8, begin, end - begin))
                .toString());
      } catch (CharacterCodingException e) {
        broken = broken < 0 ? code : broken;
      }
    }

    boolean isAsMany =
        offsets.length > 1 && offsets[0] == 0 && offsets[offsets.length - 1] == utf8.length;
    if (broken >= 0) {
      throw isAsMany && isBeginOfText(utf8)
          ? new UnsupportedModelException(
              "Cannot use the categories of feature %s: XGBoost 3.1 to 3.3 have cut the names of this pandas frame's categories, because some are not ASCII; train the model again with XGBoost 3.4 or newer (which keeps cut names if it only saves the model again)"
                  .formatted(feature))
          : document.corrupt(
              "category %s of feature %s is not valid UTF-8".formatted(broken, feature));
    }

    if (texts.isEmpty()) {
      return null;
    }

    boolean isAscii = true;
    for (byte one : utf8) {
      isAscii &= one >= 0;
    }

    return isAscii || !isAsMany
        ? new RecordedCategories.Texts(texts)
        : new RecordedCategories.Doubtful(texts);
  }

  /** Returns whether bytes are text, up to a last character that may be cut. */
  private static boolean isBeginOfText(byte[] utf8) {
    CharBuffer text = CharBuffer.allocate(utf8.length);
    return !StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(utf8), text, false)
        .isError();
  }

  /**
   * Returns the categories; doubtful names are whole if another version than XGBoost 3.1 to 3.3
   * wrote them.
   *
   * @param version of the file: major, minor, patch; shorter if it does not say, and then it may be
   *     any
   */
  static List<RecordedCategories> of(List<RecordedCategories> read, List<Integer> version) {
    boolean isOther =
        version.size() > 1
            && (version.get(0) != 3
                || version.get(1) < FIRST_CUTTING
                || version.get(1) > LAST_CUTTING);
    List<RecordedCategories> categories = new ArrayList<>(read);
    categories.replaceAll(
        own ->
            isOther && own instanceof RecordedCategories.Doubtful names
                ? new RecordedCategories.Texts(names.values())
                : own);
    return Collections.unmodifiableList(categories);
  }

  /** Wide unsigned values are stored in the file as signed values of the same width. */
  private static List<Long> integers(int feature, long type, long[] values)
      throws UnsupportedModelException {
    List<Long> integers = new ArrayList<>(values.length);
    for (long value : values) {
      integers.add(
          switch ((int) type) {
            case INT8, INT16, INT32, INT64 -> value;
            case UINT8 -> value & 0xff;
            case UINT16 -> value & 0xffff;
            case UINT32 -> value & 0xffff_ffffL;
            case UINT64 -> unsigned(feature, value);
            default -> throw ofType(feature, type);
          });
    }

    return integers;
  }

  private static long unsigned(int feature, long value) throws UnsupportedModelException {
    if (value < 0) {
      throw new UnsupportedModelException(
          "Cannot use the categories of feature %s: %s is above %s"
              .formatted(feature, Long.toUnsignedString(value), Long.MAX_VALUE));
    }

    return value;
  }
}

package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** The format of a model file, recognised by its first bytes; its name is ignored. */
enum ModelFormat {
  JSON,
  UBJSON;

  private static final String RESAVE =
      "; load it with XGBoost 1.7, or with the version that wrote it if that is 1.0 or newer (2.0 to"
          + " 3.0 do not read all such files, 3.1 and newer none), and save it again as JSON or UBJSON"
          + " (Booster.save_model(\"model.ubj\"); JSON before 1.6)";

  /** How LightGBM's dump begins, whatever blanks its writer adds. */
  private static final Pattern LIGHTGBM_JSON =
      Pattern.compile("\\s*+\\{\\s*+\"name\"\\s*+:\\s*+\"tree\"");

  private static final int START = 1_000;

  /**
   * Returns the format of a file.
   *
   * @throws UnsupportedModelException if it is a form of model that is not read; the message says
   *     what to do
   * @throws CorruptModelException if it is not a model at all
   */
  static ModelFormat of(byte[] file) throws ModelException {
    if (file.length == 0) {
      throw new CorruptModelException("Cannot read the model: the file is empty");
    }

    if (startsWith(file, "binf")) {
      throw new UnsupportedModelException(
          "Cannot read the model: it is in XGBoost's old binary format" + RESAVE);
    }

    if (startsWith(file, "CONFIG-offset:")) {
      throw new UnsupportedModelException(
          "Cannot read the model: it is a memory snapshot of a booster, as pickle writes it; load"
              + " the pickle and call Booster.save_model(\"model.ubj\")");
    }

    Optional<Foreign> foreign = Foreign.of(file);
    if (foreign.isPresent()) {
      throw new UnsupportedModelException(
          "Cannot read the model: it looks like " + foreign.get().text);
    }

    if (looksLikeOnnx(file)) {
      throw new UnsupportedModelException("Cannot read the model: " + foreign("ONNX"));
    }

    int first = afterWhiteSpace(file, 0);
    if (first < file.length && file[first] == '[') {
      throw new UnsupportedModelException(
          "Cannot read the model: it is a JSON array, as Booster.dump_model writes it, which lacks"
              + " the objective and the base score; use Booster.save_model(\"model.json\")");
    }

    if (first < file.length && file[first] == '{') {
      int second = afterWhiteSpace(file, first + 1);
      byte marker = second < file.length ? file[second] : 0;
      if (marker == '"') {
        if (LIGHTGBM_JSON.matcher(start(file)).lookingAt()) {
          throw new UnsupportedModelException("Cannot read the model: " + foreign("LightGBM"));
        }

        return JSON;
      }

      if (marker == 'L' && first == 0 && second == 1) {
        return UBJSON;
      }

      throw new CorruptModelException(
          "Cannot read the model: it begins like an object, but a key of JSON or UBJSON does not"
              + " follow; it was changed or cut short");
    }

    if (looksLikeRawBinary(file)) {
      throw new UnsupportedModelException(
          "Cannot read the model: it looks like XGBoost's old binary format, from before 0.90"
              + RESAVE);
    }

    throw new CorruptModelException(
        "Cannot read the model: it is neither JSON nor UBJSON; expected what XGBoost's save_model"
            + " writes");
  }

  /** Returns the clause that names the other tool that a model looks to be from. */
  static String foreign(String tool) {
    return "it looks like " + Foreign.ofTool(tool);
  }

  /** Files of other tools, recognised by their first bytes. */
  private enum Foreign {
    PICKLE(
        "\u0080",
        "a Python pickle, as pickle and joblib write it, which is a program; load it where it was"
            + " written (joblib.load) and call save_model(\"model.ubj\") of the model"),
    OLD_PICKLE(
        "ccopy_reg\n",
        "a Python pickle, which is a program; load it where it was written and call"
            + " save_model(\"model.ubj\") of the model"),
    OLD_PICKLED_DICT(
        "(dp0\n",
        "a Python pickle, which is a program; load it where it was written and call"
            + " save_model(\"model.ubj\") of the model"),
    GZIP("\u001f\u008b", compressed("gzip")),
    BZIP2("BZh", compressed("bzip2")),
    XZ("\u00fd7zXZ", compressed("xz")),
    LZMA("]\u0000\u0000", compressed("lzma")),
    ZSTD("\u0028\u00b5\u002f\u00fd", compressed("zstd")),
    ZLIB("\u0078\u009c", compressed("zlib")),
    ZLIB_FAST("\u0078\u0001", compressed("zlib")),
    ZLIB_SMALL("\u0078\u00da", compressed("zlib")),
    ZLIB_LOW("\u0078\u005e", compressed("zlib")),
    ZIP(
        "PK\u0003\u0004",
        "a ZIP archive, as skops and others write it; load it where it was written and call"
            + " save_model(\"model.ubj\") of the XGBoost model in it"),
    LIGHTGBM("tree\n", ofTool("LightGBM")),
    LIGHTGBM_WINDOWS("tree\r\n", ofTool("LightGBM")),
    DUMP(
        "booster[0]:",
        "a text that Booster.dump_model wrote, which lacks the objective and the base score; use"
            + " Booster.save_model(\"model.json\")"),
    XML("<?xml", "an XML file, such as PMML; only models of XGBoost are scored"),
    CATBOOST("CBM1", ofTool("CatBoost")),
    HDF5("\u0089HDF", "an HDF5 file; only models of XGBoost are scored");

    private final String start;
    private final String text;

    Foreign(String start, String text) {
      this.start = start;
      this.text = text;
    }

    private static String ofTool(String tool) {
      return "a model of %s; only models of XGBoost are scored".formatted(tool);
    }

    private static String compressed(String by) {
      return "a file compressed with "
          + by
          + "; decompress it first, or, if it is a pickle that joblib compressed, load it with"
          + " joblib.load and call save_model(\"model.ubj\") of the model";
    }

    static Optional<Foreign> of(byte[] file) {
      return Arrays.stream(values()).filter(kind -> startsWith(file, kind.start)).findFirst();
    }
  }

  private static String start(byte[] file) {
    return new String(file, 0, Math.min(file.length, START), StandardCharsets.ISO_8859_1);
  }

  private static boolean startsWith(byte[] file, String text) {
    byte[] start = text.getBytes(StandardCharsets.ISO_8859_1);
    return file.length >= start.length
        && Arrays.equals(file, 0, start.length, start, 0, start.length);
  }

  private static int afterWhiteSpace(byte[] file, int from) {
    int at = from;
    while (at < file.length
        && (file[at] == ' ' || file[at] == '\n' || file[at] == '\r' || file[at] == '\t')) {
      at++;
    }

    return at;
  }

  /**
   * Returns whether the file could begin like a protocol buffer of ONNX: with a version below 128
   * as field 1, then the name or the version of its producer, or its domain, as field 2, 3 or 4.
   */
  private static boolean looksLikeOnnx(byte[] file) {
    if (file.length < 5 || file[0] != 0x08 || file[1] <= 0) {
      return false;
    }

    int length = file[3];
    boolean isText = (file[2] == 0x12 || file[2] == 0x1a || file[2] == 0x22) && length > 0;
    for (int at = 4; isText && at < 4 + length; at++) {
      isText = at < file.length && file[at] >= ' ' && file[at] <= '~';
    }

    return isText;
  }

  /**
   * Returns whether the file could begin with raw parameters: a float base score, the number of
   * features, the number of classes.
   */
  private static boolean looksLikeRawBinary(byte[] file) {
    if (file.length < 136) {
      return false;
    }

    ByteBuffer parameters = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int features = parameters.getInt(4);
    int classes = parameters.getInt(8);
    return features > 0 && features < 1 << 24 && classes >= 0 && classes < 1 << 16;
  }
}

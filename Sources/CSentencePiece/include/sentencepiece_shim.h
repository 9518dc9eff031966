// A C face for SentencePiece's C++ library: train, load, encode, decode.
#ifndef SENTENCEPIECE_SHIM_H
#define SENTENCEPIECE_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A loaded model. Immutable; any number of threads may use one.
typedef struct sp_model sp_model;
/// Encodes with one model and remembers words; one thread at a time.
typedef struct sp_encoder sp_encoder;
/// Bytes or text owned by the library's side; free with sp_free.
typedef struct {
  char *data;
  size_t count;
} sp_bytes;

/// Frees what a function of this header returned in an sp_bytes.
void sp_free(sp_bytes bytes);

/// Loads a serialised model. Returns NULL and the reason in *error if it is none.
sp_model *sp_model_load(const void *data, size_t count, sp_bytes *error);
void sp_model_free(sp_model *model);
/// Number of pieces.
int32_t sp_model_vocabulary(const sp_model *model);
/// The piece's number, or -1 if the model has no such piece.
int32_t sp_model_piece(const sp_model *model, const char *piece);

sp_encoder *sp_encoder_create(const sp_model *model);
void sp_encoder_free(sp_encoder *encoder);
/// Encodes UTF-8 text. *ids is valid until the encoder's next call. Returns the number of pieces.
size_t sp_encoder_encode(sp_encoder *encoder, const char *text, size_t count,
                         const int32_t **ids);

/// Decodes pieces into text; unknown numbers are left out.
sp_bytes sp_model_decode(const sp_model *model, const int32_t *ids, size_t count);

/// Trains a model on `texts`, `arguments` being SentencePiece's own "--name=value …" line.
/// Returns the serialised model, or no data and the reason in *error.
sp_bytes sp_train(const char *arguments, const char *const *texts, const size_t *counts,
                  size_t text_count, sp_bytes *error);

#ifdef __cplusplus
}
#endif

#endif

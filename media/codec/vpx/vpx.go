// Package vpx encodes and decodes VP8 (RFC 6386) with libvpx, for live pictures: real-time effort, constant bitrate, no
// look-ahead, key frames on demand only.
//
// It is a thin layer on the C library and knows nothing of networks or files. The types to start from are [Encoder] and
// [Decoder]; neither is safe for concurrent use.
package vpx

/*
#cgo pkg-config: vpx
#include <stdlib.h>
#include <string.h>
#include <vpx/vpx_encoder.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>

static vpx_codec_err_t encoder_config(vpx_codec_enc_cfg_t *cfg, int w, int h, int kbit, int threads) {
	vpx_codec_err_t err = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), cfg, 0);
	if (err != VPX_CODEC_OK) return err;
	cfg->g_w = w;
	cfg->g_h = h;
	cfg->g_timebase.num = 1;
	cfg->g_timebase.den = 90000;
	cfg->g_threads = threads;
	cfg->g_lag_in_frames = 0;
	cfg->g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
	cfg->rc_end_usage = VPX_CBR;
	cfg->rc_target_bitrate = kbit;
	cfg->rc_min_quantizer = 4;
	cfg->rc_max_quantizer = 56;
	cfg->rc_buf_sz = 1000;
	cfg->rc_buf_initial_sz = 500;
	cfg->rc_buf_optimal_sz = 600;
	cfg->rc_undershoot_pct = 100;
	cfg->rc_overshoot_pct = 15;
	cfg->rc_dropframe_thresh = 0;
	cfg->kf_mode = VPX_KF_DISABLED;
	return VPX_CODEC_OK;
}

static vpx_codec_err_t encoder_init(vpx_codec_ctx_t *ctx, vpx_codec_enc_cfg_t *cfg) {
	vpx_codec_err_t err = vpx_codec_enc_init(ctx, vpx_codec_vp8_cx(), cfg, 0);
	if (err != VPX_CODEC_OK) return err;
	err = vpx_codec_control(ctx, VP8E_SET_CPUUSED, -8);
	if (err == VPX_CODEC_OK) err = vpx_codec_control(ctx, VP8E_SET_STATIC_THRESHOLD, 1);
	if (err == VPX_CODEC_OK) err = vpx_codec_control(ctx, VP8E_SET_NOISE_SENSITIVITY, 0);
	if (err != VPX_CODEC_OK) vpx_codec_destroy(ctx);
	return err;
}

// The planes are passed one by one, so that Go memory is not reached through a C struct.
static vpx_codec_err_t encode(vpx_codec_ctx_t *ctx, int w, int h, unsigned char *y, unsigned char *u, unsigned char *v,
                              int sy, int suv, long long pts, unsigned long duration, int key) {
	vpx_image_t img;
	memset(&img, 0, sizeof img);
	if (!vpx_img_wrap(&img, VPX_IMG_FMT_I420, w, h, 1, y)) return VPX_CODEC_INVALID_PARAM;
	img.planes[0] = y; img.planes[1] = u; img.planes[2] = v;
	img.stride[0] = sy; img.stride[1] = suv; img.stride[2] = suv;
	return vpx_codec_encode(ctx, &img, pts, duration, key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME);
}

static const vpx_codec_cx_pkt_t *next_frame(vpx_codec_ctx_t *ctx, vpx_codec_iter_t *iter) {
	const vpx_codec_cx_pkt_t *pkt;
	while ((pkt = vpx_codec_get_cx_data(ctx, iter)))
		if (pkt->kind == VPX_CODEC_CX_FRAME_PKT) return pkt;
	return NULL;
}
static void *frame_buf(const vpx_codec_cx_pkt_t *p) { return p->data.frame.buf; }
static size_t frame_size(const vpx_codec_cx_pkt_t *p) { return p->data.frame.sz; }
static int frame_key(const vpx_codec_cx_pkt_t *p) { return (p->data.frame.flags & VPX_FRAME_IS_KEY) != 0; }

static vpx_codec_err_t decoder_init(vpx_codec_ctx_t *ctx) {
	vpx_codec_dec_cfg_t cfg = { 1, 0, 0 };
	return vpx_codec_dec_init(ctx, vpx_codec_vp8_dx(), &cfg, 0);
}
static vpx_codec_err_t corrupted(vpx_codec_ctx_t *ctx, int *is) {
	return vpx_codec_control(ctx, VP8D_GET_FRAME_CORRUPTED, is);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"paravent/media"
)

// ErrCorrupted is returned for a frame that cannot be shown whole. Ask for a key frame.
var ErrCorrupted = errors.New("the picture is damaged")

// ErrClosed is returned by a codec after Close.
var ErrClosed = errors.New("the codec is closed")

// MaxSide is the largest width or height that is taken, in pixels: a hostile stream must not exhaust memory.
const MaxSide = 4096

// Config is how an encoder works. Width and Height are those of the first picture; Bitrate is in kbit/s; FPS is the rate
// that the bitrate is planned for.
type Config struct {
	Width, Height int
	Bitrate       int
	FPS           int
}

// Encoder makes VP8 frames. Close gives its memory back.
type Encoder struct {
	config Config
	ctx    *C.vpx_codec_ctx_t
	pts    time.Duration
	begun  bool
}

// NewEncoder makes an encoder. Key frames are made only when they are asked for, and first.
func NewEncoder(c Config) (*Encoder, error) {
	e := &Encoder{config: c}
	if c.Bitrate <= 0 || c.FPS <= 0 {
		return nil, errors.New("make a VP8 encoder: bitrate and frame rate are needed")
	}
	if err := e.open(c.Width, c.Height); err != nil {
		return nil, err
	}
	return e, nil
}

// threads is one for the small pictures of a hearing, where a second one costs more in waiting than it brings.
func threads(width, height int) int {
	if width*height >= 1280*720 {
		return 2
	}
	return 1
}

func (e *Encoder) open(width, height int) error {
	if width < 2 || height < 2 || width > MaxSide || height > MaxSide {
		return fmt.Errorf("make a VP8 encoder: %dx%d cannot be encoded", width, height)
	}
	var cfg C.vpx_codec_enc_cfg_t
	if code := C.encoder_config(&cfg, C.int(width), C.int(height), C.int(e.config.Bitrate), C.int(threads(width, height))); code != C.VPX_CODEC_OK {
		return libraryError("configure the VP8 encoder", code)
	}
	ctx := (*C.vpx_codec_ctx_t)(C.calloc(1, C.sizeof_vpx_codec_ctx_t))
	if code := C.encoder_init(ctx, &cfg); code != C.VPX_CODEC_OK {
		C.free(unsafe.Pointer(ctx))
		return libraryError("make a VP8 encoder", code)
	}
	e.ctx, e.config.Width, e.config.Height, e.begun = ctx, width, height, false
	return nil
}

// Encode makes one frame of a picture, which is not kept. The frame belongs to the caller; it is a key frame when forceKey is
// set, on the first call and whenever the picture's size changes.
func (e *Encoder) Encode(f *media.Frame, forceKey bool) (frame []byte, key bool, err error) {
	if e.ctx == nil {
		return nil, false, ErrClosed
	}
	if err := checkFrame(f); err != nil {
		return nil, false, err
	}
	if f.Width != e.config.Width || f.Height != e.config.Height {
		e.Close()
		if err := e.open(f.Width, f.Height); err != nil {
			return nil, false, err
		}
	}
	step := time.Second / time.Duration(e.config.FPS)
	pts := max(f.PTS, e.pts+time.Millisecond)
	if !e.begun {
		pts = max(f.PTS, 0)
	}
	forced := C.int(0)
	if forceKey || !e.begun {
		forced = 1
	}
	code := C.encode(e.ctx, C.int(f.Width), C.int(f.Height), plane(f.Y), plane(f.U), plane(f.V), C.int(f.StrideY), C.int(f.StrideUV),
		C.longlong(ticks(pts)), C.ulong(ticks(step)), forced)
	if code != C.VPX_CODEC_OK {
		return nil, false, libraryError("encode a picture", code)
	}
	e.pts, e.begun = pts, true
	var iter C.vpx_codec_iter_t
	packet := C.next_frame(e.ctx, &iter)
	if packet == nil {
		return nil, false, errors.New("encode a picture: the library made no frame")
	}
	return C.GoBytes(C.frame_buf(packet), C.int(C.frame_size(packet))), C.frame_key(packet) != 0, nil
}

// Close gives the encoder's memory back. It can be called again.
func (e *Encoder) Close() {
	if e.ctx != nil {
		C.vpx_codec_destroy(e.ctx)
		C.free(unsafe.Pointer(e.ctx))
		e.ctx = nil
	}
}

func ticks(d time.Duration) int64 { return d.Microseconds() * 9 / 100 }

func plane(p []byte) *C.uchar { return (*C.uchar)(unsafe.Pointer(&p[0])) }

// checkFrame refuses a picture whose planes are smaller than it says: C would read beyond them.
func checkFrame(f *media.Frame) error {
	cw, ch := (f.Width+1)/2, (f.Height+1)/2
	switch {
	case f.Width < 2 || f.Height < 2 || f.Width > MaxSide || f.Height > MaxSide,
		f.StrideY < f.Width || f.StrideUV < cw,
		len(f.Y) < f.StrideY*(f.Height-1)+f.Width,
		len(f.U) < f.StrideUV*(ch-1)+cw, len(f.V) < f.StrideUV*(ch-1)+cw:
		return errors.New("encode a picture: its planes are not those of its size")
	}
	return nil
}

// Decoder makes pictures of frames. Close gives its memory back.
type Decoder struct {
	ctx   *C.vpx_codec_ctx_t
	whole bool // a key frame was decoded and nothing was lost since
}

// NewDecoder makes a decoder.
func NewDecoder() (*Decoder, error) {
	ctx := (*C.vpx_codec_ctx_t)(C.calloc(1, C.sizeof_vpx_codec_ctx_t))
	if code := C.decoder_init(ctx); code != C.VPX_CODEC_OK {
		C.free(unsafe.Pointer(ctx))
		return nil, libraryError("make a VP8 decoder", code)
	}
	return &Decoder{ctx: ctx}, nil
}

// Decode makes the picture of one frame, or nil for a frame that shows none. The picture belongs to the caller; its PTS is
// zero, since the format carries no time. A frame that is damaged, or builds on one that was, gives [ErrCorrupted] and no
// picture: libvpx itself reports success for it. After that only a key frame is taken.
func (d *Decoder) Decode(frame []byte) (*media.Frame, error) { return d.DecodeOver(nil, frame) }

// DecodeOver is [Decoder.Decode] into the memory of a picture that is not needed any more, where that has the right size. Where no picture is made, old stays
// as it was. To decode on the way to a picture then takes no memory for each.
func (d *Decoder) DecodeOver(old *media.Frame, frame []byte) (*media.Frame, error) {
	if d.ctx == nil {
		return nil, ErrClosed
	}
	key, err := d.admit(frame)
	if err != nil {
		d.whole = false
		return nil, err
	}
	if !key && !d.whole {
		return nil, ErrCorrupted
	}
	d.whole = false
	if code := C.vpx_codec_decode(d.ctx, plane(frame), C.uint(len(frame)), nil, 0); code != C.VPX_CODEC_OK {
		return nil, fmt.Errorf("%w: %s", ErrCorrupted, C.GoString(C.vpx_codec_err_to_string(code)))
	}
	var iter C.vpx_codec_iter_t
	img := C.vpx_codec_get_frame(d.ctx, &iter)
	var damaged C.int
	code := C.corrupted(d.ctx, &damaged)
	if damaged != 0 || (img != nil && code != C.VPX_CODEC_OK) {
		return nil, ErrCorrupted // also where nothing is shown: later frames build on it
	}
	d.whole = true
	if img == nil {
		return nil, nil
	}
	return copyImage(old, img), nil
}

// admit reads the frame's head (RFC 6386 §9.1) and refuses what is too large.
func (d *Decoder) admit(frame []byte) (key bool, err error) {
	if len(frame) < 3 {
		return false, ErrCorrupted
	}
	if key = frame[0]&1 == 0; !key {
		return false, nil
	}
	if len(frame) < 10 || frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a {
		return true, ErrCorrupted
	}
	width, height := (int(frame[6])|int(frame[7])<<8)&0x3fff, (int(frame[8])|int(frame[9])<<8)&0x3fff
	if width < 2 || height < 2 || width > MaxSide || height > MaxSide {
		return true, fmt.Errorf("%w: %dx%d is not taken", ErrCorrupted, width, height)
	}
	return true, nil
}

// Close gives the decoder's memory back. It can be called again.
func (d *Decoder) Close() {
	if d.ctx != nil {
		C.vpx_codec_destroy(d.ctx)
		C.free(unsafe.Pointer(d.ctx))
		d.ctx = nil
	}
}

func copyImage(f *media.Frame, img *C.vpx_image_t) *media.Frame {
	if f == nil || f.Width != int(img.d_w) || f.Height != int(img.d_h) {
		f = media.NewFrame(int(img.d_w), int(img.d_h))
	}
	f.PTS = 0
	copyPlane(f.Y, f.StrideY, f.Width, f.Height, img.planes[0], int(img.stride[0]))
	copyPlane(f.U, f.StrideUV, (f.Width+1)/2, (f.Height+1)/2, img.planes[1], int(img.stride[1]))
	copyPlane(f.V, f.StrideUV, (f.Width+1)/2, (f.Height+1)/2, img.planes[2], int(img.stride[2]))
	return f
}

func copyPlane(dst []byte, stride, width, height int, src *C.uchar, from int) {
	rows := unsafe.Slice((*byte)(unsafe.Pointer(src)), from*(height-1)+width)
	for y := range height {
		copy(dst[y*stride:y*stride+width], rows[y*from:y*from+width])
	}
}

func libraryError(doing string, code C.vpx_codec_err_t) error {
	return fmt.Errorf("%s: %s", doing, C.GoString(C.vpx_codec_err_to_string(code)))
}

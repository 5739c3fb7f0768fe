package peer

import (
	"fmt"
	"io"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/logging"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// The payload types offered; what is offered is what is sent, so they are the same on every connection.
const (
	payloadOpus = 111
	payloadVP8  = 96
	payloadRED  = 63
)

// NewAPI makes what peers are made with: VP8 and Opus only, the latter received with redundancy where the other side can, loopback candidates, no multicast DNS name, and no
// logging, since pion logs addresses. adjust, which may be nil, may set ports, networks or a NAT address. One API
// serves any number of peers.
func NewAPI(adjust func(*webrtc.SettingEngine)) (*webrtc.API, error) {
	settings := webrtc.SettingEngine{LoggerFactory: silent}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	if adjust != nil {
		adjust(&settings)
	}
	codecs, err := newMediaEngine()
	if err != nil {
		return nil, fmt.Errorf("prepare codecs: %w", err)
	}
	interceptors, err := newInterceptors()
	if err != nil {
		return nil, fmt.Errorf("prepare interceptors: %w", err)
	}
	return webrtc.NewAPI(
		webrtc.WithSettingEngine(settings),
		webrtc.WithMediaEngine(codecs),
		webrtc.WithInterceptorRegistry(interceptors),
	), nil
}

// congestion is the feedback that a sender adapts its rate by.
var congestion = webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBTransportCC}

func opusCodec() webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType:     webrtc.MimeTypeOpus,
			ClockRate:    48000,
			Channels:     2, // RFC 7587 §7: always 2 in SDP, whatever is sent
			SDPFmtpLine:  "minptime=10;useinbandfec=1",
			RTCPFeedback: []webrtc.RTCPFeedback{congestion},
		},
		PayloadType: payloadOpus,
	}
}

func newMediaEngine() (*webrtc.MediaEngine, error) {
	engine := &webrtc.MediaEngine{}
	opus := opusCodec()
	vp8 := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType:  webrtc.MimeTypeVP8,
			ClockRate: 90000,
			RTCPFeedback: []webrtc.RTCPFeedback{
				{Type: webrtc.TypeRTCPFBNACK},
				{Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"},
				{Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"},
				congestion,
			},
		},
		PayloadType: payloadVP8,
	}
	redundant := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mimeRED, ClockRate: 48000, Channels: 2, SDPFmtpLine: "111/111", RTCPFeedback: opus.RTCPFeedback},
		PayloadType:        payloadRED,
	}
	if err := engine.RegisterCodec(redundant, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	if err := engine.RegisterCodec(opus, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	if err := engine.RegisterCodec(vp8, webrtc.RTPCodecTypeVideo); err != nil {
		return nil, err
	}
	// Received only: what the hub sends carries no header extension at all.
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		extension := webrtc.RTPHeaderExtensionCapability{URI: sdp.TransportCCURI}
		if err := engine.RegisterHeaderExtension(extension, kind, webrtc.RTPTransceiverDirectionRecvonly); err != nil {
			return nil, err
		}
	}
	return engine, nil
}

// newInterceptors serve what is received: missing packets are asked for, reception and congestion are reported.
// There is none for what is sent. Retransmission above all must not have a history of its own, which would
// outlive the access that filled it: see hub.Outgoing.Resend.
func newInterceptors() (*interceptor.Registry, error) {
	registry := &interceptor.Registry{}
	missing, err := nack.NewGeneratorInterceptor(nack.WithGeneratorLoggerFactory(silent))
	if err != nil {
		return nil, err
	}
	reception, err := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(silent))
	if err != nil {
		return nil, err
	}
	congestion, err := twcc.NewSenderInterceptor(twcc.WithLoggerFactory(silent))
	if err != nil {
		return nil, err
	}
	registry.Add(missing)
	registry.Add(reception)
	registry.Add(congestion)
	return registry, nil
}

// silent is a logger of nothing.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

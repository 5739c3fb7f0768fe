package invite_test

// vector is the test vector of docs/join-page.md. The random bytes of the secret are 1, 2 … 32; the guest draws its key from
// 33 … 64 and its nonce from 65 … 96; the court draws its key from 129 … 160, the device from 193 … 224.
var vector = map[string]string{
	"words en":   "scarf pancake mountain river",
	"thumbprint": "gfVO3c9ShspB04Xa6tQUllHKLoAmuj3xRKtJ-Ny5yu0",
	"court 0":    "91a0c76757d1b8b94a51c57b47427289…72908db3d95ba4beb235a8388bdf770c",
	"secret":     "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA",
	"id":         "JM2eqP-qPeTjWj0xEP7sDQ",
	"frame 2":    "{\"pub\":\"BOy2ovhseCXucdAiwpufiqNZcVIOw_lzmFVjV2Xq0b0Ura0Ci_umKO11ty48vrHvGS5g9Ss-ICFJffOvswBlUN8\"}",
	"frame 3":    "{\"pub\":\"BB8UAUa_sbJR-E9N2-DUzc_Xev2YSpUg41eUAh-DErue7JlaCLH6dwTfPcwLUKlmUmP7dxH5X5-KRJxQluR8iSs\",\"nonce\":\"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2A\"}",
	"words fr":   "refrain moutarde lotus poney",
	"device":     "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"kOleBcrTt4geOzemutvHQ7nSrOmTzsubZMJBe5cw1iM\",\"y\":\"aznLndtaUzzo0W3uMhiZswHOKGI6njm38OGDHPo_mt0\"}",
	"signature":  "AcPhhum5hZd-bYQ0V38oYiaOaBdQr8uw3YNvSXH4SA-7WukfcuYT0fxPvvQIL3RSrXl1YX8ke7jSedcYM_UKvw",
	"guest 0":    "9841b7154a069874358e3564ab83df1a…18756c729e91ed5535f91466b76fd793",
	"frame 1":    "{\"v\":1,\"id\":\"JM2eqP-qPeTjWj0xEP7sDQ\",\"commit\":\"QJNlzTEnVJbCKqyu3NKmF9ccVxZ8f8nSiDtLJBK_uqo\"}",
	"transcript": "3483fbcc934e15e8db7e1cf9fc827d69d9172c8f70c2ace007b06e62c4c52d86",
}

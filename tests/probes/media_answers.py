"""What MediaMTX, SRS, Wowza Streaming Engine and SHOUTcast answer: by their documentation.

They are no packages of Debian.  MediaMTX 1.x: apidocs/openapi.yaml, docs "Metrics"; SRS 5: wiki
"HTTP API"; Wowza 4.8: "REST API", "connectioncounts"; SHOUTcast 2: "DNAS Server XML Responses".
"""

MEDIAMTX_API = {
    "/v3/paths/list": '{"itemCount":1,"pageCount":1,"items":[{"name":"phong-vien-1","confName":'
    '"all_others","source":{"type":"rtmpConn","id":"a"},"ready":true,"tracks":["H264"],'
    '"readers":[]}]}'
}
MEDIAMTX_METRICS = {
    "/metrics": 'paths{name="phong-vien-1",state="ready"} 1\n'
    'paths_bytes_received{name="phong-vien-1",state="ready"} 1234\nhls_muxers 0\nrtsp_conns 0\n'
}
MEDIAMTX_IDLE = {"/metrics": "paths 0\nhls_muxers 0\nrtsp_conns 0\nrtmp_conns 0\n"}
PPROF = {
    "/debug/pprof/": "<html>\n<head>\n<title>/debug/pprof/</title>\n</head><body>/debug/pprof/<br>"
    "<table><tr><td>9</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr></table>"
    '<a href="goroutine?debug=2">full goroutine stack dump</a></body></html>'
}
MEDIAMTX_KEPT = {
    "/v3/paths/list": '401 Unauthorized\n{"status":"error","error":"authentication error"}'
}
SRS = {
    "/api/v1/versions": '{"code":0,"server":"vid-1d8","service":"6rt","pid":"1","data":{"major":5,'
    '"minor":0,"revision":213,"version":"5.0.213"}}',
    "/api/v1/streams": '{"code":0,"server":"vid-1d8","service":"6rt","pid":"1","streams":[{"id":'
    '"vid-9","name":"phong-vien-1","vhost":"vid-0","app":"live"}]}',
}
SRS_KEPT = dict.fromkeys(SRS, "401 Unauthorized\nUnauthorized")
WOWZA_REST = {
    "/v2/servers": '<?xml version="1.0" encoding="UTF-8" ?><Servers restURI="http://localhost:8087'
    '/v2/servers"><Server id="_defaultServer_" href="/v2/servers/_defaultServer_"/></Servers>'
}
WOWZA_MANAGER = {
    "/enginemanager/login.htm": "<!DOCTYPE html><html><head><title>Wowza Streaming Engine Manager"
    "</title></head><body><form id='loginForm' action='j_spring_security_check'></form></body>"
}
WOWZA_COUNTS = {
    "/connectioncounts": '<?xml version="1.0"?><WowzaStreamingEngine><ConnectionsCurrent>12'
    "</ConnectionsCurrent><VHost><Name>_defaultVHost_</Name></VHost></WowzaStreamingEngine>"
}
SHOUTCAST = {
    "/statistics": '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><SHOUTCASTSERVER>'
    "<STREAMSTATS><TOTALSTREAMS>1</TOTALSTREAMS><VERSION>2.6.1.777 (posix(linux x64))</VERSION>"
    "<STREAM id='1'><STREAMPATH>/live</STREAMPATH></STREAM></STREAMSTATS></SHOUTCASTSERVER>",
    "/admin.cgi": "401 Unauthorized\n<title>401 Unauthorized</title>",
}
SHOUTCAST_OPEN = {
    "/admin.cgi": "<html><head><title>SHOUTcast Administrator</title></head><body></body></html>"
}
